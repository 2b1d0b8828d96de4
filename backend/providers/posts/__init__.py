"""Post sources by name; to add one, write its file and its line here."""

from collections.abc import Callable, Iterable

from backend.domain.ports import PostSource
from backend.providers.posts.file import ImportedPosts
from backend.providers.posts.sample import SamplePosts
from backend.providers.registry import pick

POST_SOURCES: dict[str, Callable[[], PostSource]] = {
    "file": ImportedPosts,
    "sample": SamplePosts,
}


def post_sources(names: Iterable[str]) -> tuple[PostSource, ...]:
    """The named sources in that order. Raises InvalidInput for a name that is none."""
    return tuple(pick(POST_SOURCES, name, "post source")() for name in names)
