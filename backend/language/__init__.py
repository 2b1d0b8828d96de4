"""The strategy language: a strategy's expressions checked, made ready to run, hashed and compared."""

from backend.language.compiled import CompiledSpec, compile_spec
from backend.language.diff import diff_specs, spec_hash
from backend.language.errors import LanguageError
from backend.language.expression import CompiledExpression, compile_expression
from backend.language.functions import FUNCTIONS
from backend.language.reference import LanguageReference, language_reference

__all__ = [
    "FUNCTIONS",
    "CompiledExpression",
    "CompiledSpec",
    "LanguageError",
    "LanguageReference",
    "compile_expression",
    "compile_spec",
    "diff_specs",
    "language_reference",
    "spec_hash",
]
