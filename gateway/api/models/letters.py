"""Dead letters: what was not accepted, with its reason."""

from pydantic import AwareDatetime, Field

from gateway.api.values import Answer, Code, Count, Instant, Page, Paging, Text


class Letter(Answer):
    """A dead letter; its payload is had by itself."""

    number: int
    adapter: str | None = Field(
        description="That could not translate it; null: it came in the wire contract."
    )
    topic: str = Field(
        description="On which it came; of a webhook, the words POST and the path it came to."
    )
    content_type: str | None
    payload_bytes: Count = Field(description="Length of the payload.")
    reason: str = Field(description="Why, as a fixed word to count by.")
    detail: str = Field(description="Why, as a sentence that names field and value.")
    device: str | None = Field(description="In the topic; null: the topic has none.")
    first_received_at: AwareDatetime
    last_received_at: AwareDatetime
    occurrences: Count = Field(description="How often it came.")
    replayed_at: AwareDatetime | None = Field(description="null: never.")
    replay_outcome: str | None


class LetterPage(Page[Letter]):
    """Dead letters, the newest first."""


class LetterQuestion(Paging):
    """Which dead letters."""

    reason: Text | None = Field(None, description="With this reason only.")
    adapter: Code | None = Field(None, description="Of this adapter only.")
    device: Code | None = Field(None, description="Of this device only.")
    since: Instant | None = Field(None, alias="from", description="That came then or later, last.")
