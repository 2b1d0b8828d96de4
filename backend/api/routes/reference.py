"""What the API says of itself: its description for programs, and the page for people."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from backend.api.answers import Answer
from backend.api.paths import PREFIX
from backend.api.reference.openapi import described

DOCS = "/docs"

router = APIRouter(include_in_schema=False)


@router.get(f"{PREFIX}/openapi.json")
def openapi(request: Request) -> Answer:
    """The OpenAPI document."""
    return Answer(described(request.app).text)


@router.get(DOCS)
def docs(request: Request) -> Response:
    """The reference as a page."""
    page = described(request.app)
    return HTMLResponse(page.page, headers={"Content-Security-Policy": page.policy})


@router.get("/")
def root() -> Response:
    """To the reference, while there is no page of the product itself."""
    return RedirectResponse(DOCS)
