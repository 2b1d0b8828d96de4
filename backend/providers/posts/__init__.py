"""Post sources by name; to add one, write its file and its line here."""

from collections.abc import Callable, Iterable, Sequence

from backend.domain.ports import PostSource
from backend.providers.posts.file import ImportedPosts
from backend.providers.posts.reddit import RedditPosts
from backend.providers.posts.reddit_account import RedditAccount
from backend.providers.posts.sample import SamplePosts
from backend.providers.registry import pick

POST_SOURCES: dict[str, Callable[[], PostSource]] = {
    "file": ImportedPosts,
    "sample": SamplePosts,
}

__all__ = ["POST_SOURCES", "RedditAccount", "RedditPosts", "post_sources"]


def post_sources(names: Iterable[str], live: Sequence[PostSource] = ()) -> tuple[PostSource, ...]:
    """The named sources in that order.

    Args:
        names: as the settings list them.
        live: sources that need keys, made by whoever has them.

    Raises:
        InvalidInput: a name is none.
    """
    by_name = {name: made() for name, made in POST_SOURCES.items()} | {source.name: source for source in live}
    return tuple(pick(by_name, name, "post source") for name in names)
