"""What is said about Python that is not part of the language."""

import ast

_ONLY = "an expression has numbers, columns, names, functions, + - * /, < <= > >=, and or not"

_REFUSALS: dict[type[ast.AST], tuple[str, str]] = {
    ast.Attribute: ("there are no attributes in the language", "write functions, e.g. lag(close, 1), sma(close, 20)"),
    ast.Subscript: ("there is no indexing in the language", "write lag(close, 1) for the value one bar ago"),
    ast.Lambda: ("there are no functions of your own", "name an intermediate line in the spec's series"),
    ast.NamedExpr: ("there are no assignments", "name an intermediate line in the spec's series"),
    ast.IfExp: ("there is no if ... else", "join conditions with and, or, not"),
    ast.JoinedStr: ("there are no formatted texts", 'a channel is a plain text, e.g. sentiment("reddit")'),
    ast.BinOp: ("this operator is not part of the language", "the operators are + - * /"),
    ast.UnaryOp: ("this operator is not part of the language", "write not for a condition, - for a number"),
    ast.Eq: ("there is no == in the language", "write <= or >= or both; two measured values are hardly ever equal"),
    ast.NotEq: ("there is no != in the language", "write < or > or both"),
    ast.Is: ("there is no is in the language", "compare with < <= > >="),
    ast.IsNot: ("there is no is in the language", "compare with < <= > >="),
    ast.In: ("there is no in in the language", "compare with < <= > >=, joined by or"),
    ast.NotIn: ("there is no in in the language", "compare with < <= > >=, joined by and"),
    ast.Tuple: ("there are no lists in the language", "use a comma only between the arguments of a function"),
    ast.List: ("there are no lists in the language", "use [ ] nowhere; windows go inside a function: sma(close, 20)"),
    ast.Starred: ("there is no unpacking in the language", "write each argument"),
    ast.Constant: ("only numbers and channel names can be written down", 'e.g. 20, 0.5 or sentiment("reddit")'),
}


def refusal_of(node: ast.AST) -> tuple[str, str]:
    """Sentence and hint about a construct that is refused."""
    if isinstance(node, ast.Call):
        if node.keywords:
            name = node.keywords[0].arg or "**"
            return f'arguments go by position, not by name ("{name}")', "write sma(close, 20), not sma(close, n=20)"
        if isinstance(node.func, ast.Attribute):
            return _REFUSALS[ast.Attribute]
        return "only a function of the language can be called", "write its name and arguments, e.g. sma(close, 20)"
    return _REFUSALS.get(type(node), ("this is not part of the language", _ONLY))
