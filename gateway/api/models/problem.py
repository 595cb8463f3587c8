"""The problem document, of RFC 9457, as it is described; `gateway.problems.problem` makes it."""

from typing import Literal

from pydantic import BaseModel, Field


class WrongValue(BaseModel):
    """One value that is missing or wrong."""

    source: Literal["query", "path", "header", "body"] = Field(
        alias="in", description="In which part of the request."
    )
    pointer: str = Field(description="JSON pointer to it in there.", examples=["/limit"])
    value: str | None = Field(description="As it was sent, cut off where it is long.")
    reason: str = Field(description="What is wrong with it.")


class ProblemDocument(BaseModel):
    """What is answered when a request is not done."""

    type: str = Field(description="The kind of problem, as the place that explains it.")
    title: str = Field(description="The kind in words.")
    status: int = Field(description="The status of HTTP.")
    detail: str = Field(description="What is wrong this time.")
    errors: list[WrongValue] | None = Field(None, description="Each value that is wrong.")
    id: str | None = Field(None, description="Of a fault of ours: under which it is logged.")
