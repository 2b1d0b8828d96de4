"""Names of companies and the tickers under which they trade or traded, the present one first.

Names that are also ordinary words of a request (Target, Gap, Visa) are left out: they are asked for by ticker.
"""

from backend.agents.understanding.reading import Lexicon, words

_TICKERS = {
    "apple": ("AAPL",),
    "ibm": ("IBM",),
    "international business machines": ("IBM",),
    "microsoft": ("MSFT",),
    "google": ("GOOGL", "GOOG"),
    "alphabet": ("GOOGL", "GOOG"),
    "facebook": ("META", "FB"),
    "meta platforms": ("META", "FB"),
    "amazon": ("AMZN",),
    "tesla": ("TSLA",),
    "nvidia": ("NVDA",),
    "netflix": ("NFLX",),
    "intel": ("INTC",),
    "amd": ("AMD",),
    "advanced micro devices": ("AMD",),
    "oracle": ("ORCL",),
    "cisco": ("CSCO",),
    "qualcomm": ("QCOM",),
    "broadcom": ("AVGO",),
    "adobe": ("ADBE",),
    "salesforce": ("CRM",),
    "palantir": ("PLTR",),
    "gamestop": ("GME",),
    "uber": ("UBER",),
    "airbnb": ("ABNB",),
    "spotify": ("SPOT",),
    "paypal": ("PYPL",),
    "coinbase": ("COIN",),
    "disney": ("DIS",),
    "walt disney": ("DIS",),
    "walmart": ("WMT",),
    "costco": ("COST",),
    "nike": ("NKE",),
    "starbucks": ("SBUX",),
    "mcdonalds": ("MCD",),
    "mcdonald": ("MCD",),
    "coca cola": ("KO",),
    "pepsi": ("PEP",),
    "pepsico": ("PEP",),
    "procter gamble": ("PG",),
    "johnson johnson": ("JNJ",),
    "pfizer": ("PFE",),
    "merck": ("MRK",),
    "moderna": ("MRNA",),
    "eli lilly": ("LLY",),
    "boeing": ("BA",),
    "ford": ("F",),
    "general motors": ("GM",),
    "general electric": ("GE",),
    "caterpillar": ("CAT",),
    "exxon": ("XOM",),
    "exxon mobil": ("XOM",),
    "exxonmobil": ("XOM",),
    "chevron": ("CVX",),
    "jpmorgan": ("JPM",),
    "jp morgan": ("JPM",),
    "goldman sachs": ("GS",),
    "morgan stanley": ("MS",),
    "bank of america": ("BAC",),
    "citigroup": ("C",),
    "wells fargo": ("WFC",),
    "berkshire hathaway": ("BRK-B",),
    "mastercard": ("MA",),
    "verizon": ("VZ",),
    "yahoo": ("YHOO",),
}

COMPANIES: Lexicon[tuple[str, ...]] = Lexicon(_TICKERS)
LARGE_TICKERS = frozenset(ticker for tickers in _TICKERS.values() for ticker in tickers if len(ticker) > 1)
"""Recognised in upper case anywhere in a request."""

NOT_TICKERS = words(
    """
    ADX AI API ATR CAGR CEO CPI DD DSR EMA EPS ETF ETFS EU EUR FED GBP GDP IPO JSON LLM MA MACD ML NASDAQ NYSE OBV OHLC
    OK PBO PE PNL RSI SMA SR UK US USA USD VIX VWAP YTD
    """
)
"""Upper-case abbreviations of the trade that stand where a ticker could stand."""
