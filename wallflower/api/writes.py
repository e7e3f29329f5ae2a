"""Changes that run to their end even when the client that asked hangs up.

Quart cancels a handler when its client goes away. Between a commit and its announcement that
would leave a change that stands in the store and that nobody was told of.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from quart import Quart, current_app

P = ParamSpec("P")
R = TypeVar("R")

FINISH_S: Final = 3.0
"""How long changes under way may still take once the server stops."""

_KEY: Final = "wallflower.writes"


def install(app: Quart) -> None:
    """Keep the changes under way of `app`, which waits for them before it stops serving."""
    under_way: set[asyncio.Task[Any]] = set()
    app.extensions[_KEY] = under_way

    @app.after_serving
    async def finish() -> None:
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=FINISH_S)
            for task in late:
                task.cancel()


def unbroken(handler: Callable[P, Coroutine[Any, Any, R]]) -> Callable[P, Awaitable[R]]:
    """Run `handler` in a task of its own that a vanished client cannot cancel."""

    @wraps(handler)
    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        under_way: set[asyncio.Task[Any]] = current_app.extensions[_KEY]
        task = asyncio.create_task(handler(*args, **kwargs), name=f"write {handler.__name__}")
        under_way.add(task)
        task.add_done_callback(under_way.discard)
        return await asyncio.shield(task)

    return run
