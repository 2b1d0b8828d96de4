"""The words that follow-ups are made of, as data: comparisons, degrees, ways to go on, and words that carry nothing."""

from typing import Literal

from backend.agents.understanding.lexicon import STOP_WORDS
from backend.agents.understanding.reading import Lexicon, words

Way = Literal["less", "more", "better"]

_LESS: Way = "less"
_MORE: Way = "more"
_BETTER: Way = "better"

WAYS: Lexicon[Way] = Lexicon(
    dict.fromkeys(
        ("less", "lower", "fewer", "smaller", "reduce", "reduced", "decrease", "cut", "shallower", "lower the",
         "reduce the", "decrease the", "cut the", "not so much", "not so many", "not as much", "not as many"), _LESS
    )
    | dict.fromkeys(
        ("more", "higher", "greater", "larger", "bigger", "increase", "raise", "increase the", "raise the"), _MORE
    )
    | dict.fromkeys(("better", "improve", "improved", "improve the", "a better"), _BETTER)
)  # fmt: skip
"""Which way a figure should go; "better" depends on the figure."""

DEGREES: Lexicon[float] = Lexicon(
    dict.fromkeys(("much", "far", "a lot", "lots", "significantly", "considerably", "substantially", "way"), 0.5)
    | dict.fromkeys(("a bit", "a little", "a little bit", "slightly", "somewhat", "a touch"), 0.1)
    | dict.fromkeys(("half", "by half"), 0.5)
)
"""How far, as a share of the figure that it starts from; a quarter where nothing is said."""
USUAL_DEGREE = 0.25

SAFER: Lexicon[None] = Lexicon(
    dict.fromkeys(("safer", "calmer", "less risk", "less risky", "lower risk", "more careful", "more conservative",
                   "more defensive", "more cautious", "reduce risk", "reduce the risk"))
)  # fmt: skip
SIMPLER: Lexicon[None] = Lexicon(
    dict.fromkeys(("simpler", "simplify", "simplify it", "less complex", "less complicated", "more simple",
                   "fewer rules", "fewer parameters", "fewer conditions"))
)  # fmt: skip
TRADING: Lexicon[Way] = Lexicon(
    dict.fromkeys(("trade less", "trade less often", "trades less", "less trading", "trade more rarely"), _LESS)
    | dict.fromkeys(("trade more", "trade more often", "trades more", "more trading", "trade oftener"), _MORE)
)

GOING_ON: Lexicon[None] = Lexicon(
    dict.fromkeys(("go on", "continue", "keep going", "carry on", "proceed", "try again", "try more", "try some more",
                   "more attempts", "some more attempts", "more iterations", "more tries", "keep trying",
                   "keep searching", "search on", "iterate more", "iterate on", "resume", "go ahead",
                   "further attempts", "another round"))
)  # fmt: skip
ATTEMPTS = words("attempt attempts iteration iterations round rounds try tries")
FURTHER = words("more further additional other another extra new")

DROPPING: Lexicon[None] = Lexicon(
    dict.fromkeys(("drop", "drop the", "forget", "forget the", "forget about", "forget about the", "remove", "lift",
                   "remove the", "lift the", "no limit on", "no limit on the", "no limits on", "ignore the", "any"))
)  # fmt: skip
BOUNDS = words("target targets limit limits condition conditions goal bound requirement cap floor")

TOO = words("too also additionally")
"""In addition to what there is; "as well" is found beside them."""

OPENINGS: Lexicon[None] = Lexicon(
    dict.fromkeys(("what about", "how about", "what if", "can you", "could you", "can we", "could we", "would you",
                   "will you", "shall we", "lets", "let us", "please", "and", "ok", "okay", "then", "now", "so", "but",
                   "what about the same", "why not", "why dont you", "could it", "can it", "well", "hm", "yes"))
)  # fmt: skip
"""Begin a wish, even one that ends with a question mark."""

ASKING = words(
    "why what which how when who where is was are were did does do has have had compare show tell explain describe list"
    " can could should will would am whose"
)
"""Begin a question."""

CARRYING_NOTHING = STOP_WORDS | words(
    "now same instead too then again ok okay yes well next once still only just one more's else rather though but"
    " case version thing things result results outcome attempt attempts session conversation time"
)
