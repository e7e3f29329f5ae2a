"""What an error looks like to a client (RFC 9457)."""

from __future__ import annotations

from pydantic import Field

from wallflower.api.schema.fields import Output


class FieldProblem(Output):
    """What is wrong with one field of the request."""

    field: str = Field(description="Name of the field; nested ones are joined by dots")
    detail: str = Field(description="One sentence")
    code: str = Field(description="Stable name of what is wrong")


class Problem(Output):
    """What went wrong (RFC 9457)."""

    type: str = "about:blank"
    title: str = Field(description="The name of the HTTP status")
    status: int
    detail: str = Field(description="What is wrong and what to do, for people")
    code: str = Field(description="Stable name of what is wrong, for programs")
    errors: list[FieldProblem] | None = Field(
        default=None, description="One entry for each wrong field; absent otherwise"
    )
