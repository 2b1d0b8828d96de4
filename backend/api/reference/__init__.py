"""The reference of the API as one page, made of its OpenAPI document; it needs no script and no network."""

from backend.api.reference.page import reference_page, reference_policy

__all__ = ["reference_page", "reference_policy"]
