"""Alerts: what is said when one opens, changes or ends."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

from jinja2 import TemplateError

from province import reasons
from rules.model import Action
from rules.rulebook.book import BookRule
from rules.rulebook.changes import AlertChange
from rules.rulebook.checks import unit_of
from rules.rulebook.rule import Texts
from rules.rulebook.state import RuleBookState, Track
from rules.rulebook.subjects import Subject
from rules.rulebook.templates import render

HELD: Final = reasons.HELD.say()
NOTHING_HEARD: Final = reasons.NOTHING_HEARD.say()
NO_FRESH_VALUE: Final = reasons.NO_FRESH_VALUE.say()
FRESH_VALUE: Final = reasons.FRESH_VALUE.say()
CLEARED: Final = reasons.CLEARED.say()
HEARD_AGAIN: Final = reasons.HEARD_AGAIN.say()
OUTSIDE_HOURS: Final = reasons.OUTSIDE_HOURS.say()
RULE_CHANGED: Final = reasons.RULE_CHANGED.say()
RULE_REMOVED: Final = reasons.RULE_REMOVED.say()
DEVICE_REMOVED: Final = reasons.DEVICE_REMOVED.say()

_LABELS: Final = ("commune", "village", "operator")


class Alerts:
    """Names alerts, words them, and keeps what is to be handed over."""

    def __init__(self, state: RuleBookState) -> None:
        self._state = state
        self._said: list[AlertChange] = []

    def hand_over(self) -> list[AlertChange]:
        """Return what was said since the last time."""
        said, self._said = self._said, []
        return said

    def open(
        self, entry: BookRule, subject: Subject, track: Track, at: float, extra: Mapping[str, Any]
    ) -> None:
        """Begin an alert."""
        self._state.numbered += 1
        labels = labels_of(entry, subject)
        reason = NOTHING_HEARD if entry.rule.kind == "absence" else HELD
        change = AlertChange(
            at=at,
            alert=f"{self._state.series}r{self._state.numbered}",
            fingerprint=fingerprint(entry.name, labels),
            rule=entry.name,
            action=Action.OPEN,
            severity=entry.rule.severity,
            device=subject.code,
            labels=labels,
            value=track.value,
            since=track.since,
            reason=reason,
            runbook=entry.rule.runbook,
        )
        self._say(track, _worded(change, entry, subject, extra))

    def update(
        self,
        entry: BookRule,
        subject: Subject,
        track: Track,
        at: float,
        extra: Mapping[str, Any],
        reason: str,
    ) -> None:
        """Say that something else is known of an alert."""
        if track.told is None:
            return
        change = _next(track.told, at, Action.UPDATE, reason)
        change.severity = entry.rule.severity
        change.value = track.value
        change.known = reason != NO_FRESH_VALUE
        self._say(track, _worded(change, entry, subject, extra))

    def clear(
        self,
        entry: BookRule,
        subject: Subject,
        track: Track,
        at: float,
        extra: Mapping[str, Any],
        reason: str,
    ) -> None:
        """End an alert."""
        if track.told is None:
            return
        change = _next(track.told, at, Action.CLEAR, reason)
        change.value = track.value
        change.known = True
        ended = track.clear_since if track.clear_since is not None else at
        change.ended = max(ended, change.since)
        self._say(track, _worded(change, entry, subject, extra))
        track.told = None

    def drop(self, track: Track, at: float, reason: str) -> None:
        """End an alert whose rule or device is no more; its texts stay as they were."""
        if track.told is not None:
            change = _next(track.told, at, Action.CLEAR, reason)
            change.ended = change.at
            self._say(track, change)
            track.told = None

    def _say(self, track: Track, change: AlertChange) -> None:
        track.told = change
        self._said.append(change)


def labels_of(entry: BookRule, subject: Subject) -> dict[str, str]:
    """Return the labels of a rule's alert on a subject."""
    labels = dict(entry.labels)
    if subject.code:
        labels["device"] = subject.code
    for name in _LABELS:
        code = getattr(subject, name)
        if code is not None:
            labels[name] = code
    return labels


def fingerprint(rule: str, labels: Mapping[str, str]) -> str:
    """Return what tells an alert from those of other rules or labels."""
    return sha256(repr((rule, sorted(labels.items()))).encode()).hexdigest()[:16]


def _next(told: AlertChange, at: float, action: Action, reason: str) -> AlertChange:
    # A value may be older than what was decided without it; a life goes forward all the same.
    return AlertChange(
        at=max(at, told.at),
        alert=told.alert,
        fingerprint=told.fingerprint,
        rule=told.rule,
        action=action,
        severity=told.severity,
        device=told.device,
        labels=told.labels,
        value=told.value,
        since=told.since,
        reason=reason,
        known=told.known,
        summary=told.summary,
        description=told.description,
        runbook=told.runbook,
    )


def _worded(
    change: AlertChange, entry: BookRule, subject: Subject, extra: Mapping[str, Any]
) -> AlertChange:
    rule = entry.rule
    metrics = rule.metrics()
    values = {
        "rule": entry.name,
        "device": subject.code,
        "name": subject.name,
        "commune": subject.commune_name or subject.commune or "",
        "village": subject.village_name or subject.village or "",
        "operator": subject.operator_name or subject.operator or "",
        "metric": metrics[0] if metrics else "",
        "unit": unit_of(rule) or "",
        "value": change.value,
        "since": change.since,
        "severity": change.severity.value,
        "labels": change.labels,
        **extra,
    }
    change.summary = _texts(rule.summary, values, lambda: f"{entry.name} {subject.code}")
    if rule.description is not None:
        change.description = _texts(rule.description, values, lambda: "")
    return change


def _texts(texts: Texts, values: Mapping[str, Any], otherwise: Callable[[], str]) -> dict[str, str]:
    rendered = {}
    for language, template in texts.items():
        try:
            rendered[language] = render(template, language, values)
        except (TemplateError, TypeError, ValueError, ArithmeticError):
            # People must be told all the same, in whatever words there are.
            rendered[language] = otherwise()
    return rendered
