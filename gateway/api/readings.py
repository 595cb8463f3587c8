"""Readings of one device, as they came or rolled up."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from pydantic import AwareDatetime, TypeAdapter

from gateway.api.known import check_known
from gateway.api.listing import Key, Listing, listed
from gateway.api.models.readings import (
    Reading,
    ReadingPage,
    ReadingRollUp,
    ReadingRollUpPage,
    ReadingsQuestion,
    Report,
    ReportPage,
    ReportRollUp,
    ReportRollUpPage,
    Resolution,
    SeriesPage,
    Spread,
)
from gateway.api.operation import Asked, Operation
from gateway.api.parameters import wrong
from gateway.api.queries import reading, select, select_raw
from gateway.api.values import Answer
from gateway.problems.problem import not_found
from province.devices import DeviceKind
from runtime.database.relations import (
    LINK_REPORTS,
    LINK_ROLLUPS,
    SENSOR_READINGS,
    SENSOR_ROLLUPS,
)

_DAY: Final = timedelta(days=1)
_LEVELS: Final = {Resolution.MINUTE: 0, Resolution.HOUR: 1, Resolution.DAY: 2}
_SPREADS: Final = [
    name for name, field in ReportRollUp.model_fields.items() if field.annotation is Spread
]
_REPORT_KEY: Final = TypeAdapter(tuple[AwareDatetime, int, int])
_BUCKET_KEY: Final = TypeAdapter(tuple[AwareDatetime])
_METRIC_KEY: Final = TypeAdapter(tuple[AwareDatetime, str])


async def _readings(asked: Asked[ReadingsQuestion, None]) -> Listing[Any]:
    query, device = asked.query, asked.path["device"]
    async with reading(asked.pool) as connection:
        found = await select_raw(
            connection, "find_device", {"device": device, "scope": asked.scope}
        )
        if not found:
            raise not_found(f"device {device}")
        await check_known(connection, asked, "metric", query.metric)
    values = {"device_id": found[0]["device_id"], "metric": query.metric}
    values |= dict(zip(("since", "until"), _span(query, asked.now), strict=True))
    fine = query.resolution is Resolution.RAW
    if found[0]["kind"] == DeviceKind.SENSOR:
        return _of_readings(asked, values) if fine else _of_reading_rollups(asked, values)
    if query.metric is not None:
        raise wrong("query", "metric", "only sensors have metrics; a report is whole", query.metric)
    return _of_reports(asked, values) if fine else _of_report_rollups(asked, values)


def _span(query: ReadingsQuestion, now: datetime) -> tuple[datetime, datetime]:
    until = query.until or max(now, query.since or now)
    return query.since or until - _DAY, until


def _of_reports(asked: Asked[ReadingsQuestion, None], values: Mapping[str, Any]) -> Listing[Report]:
    columns = ("after_at", "after_boot", "after_seq")
    fetch = partial(_fetch, asked, Report, "list_reports", LINK_REPORTS, columns, values)
    return Listing(
        Report, ReportPage, _REPORT_KEY, lambda one: (one.observed_at, one.boot_id, one.seq), fetch
    )


def _of_report_rollups(
    asked: Asked[ReadingsQuestion, None], values: Mapping[str, Any]
) -> Listing[ReportRollUp]:
    relation = LINK_ROLLUPS[_LEVELS[asked.query.resolution]].name
    make: Any = _report_rollup
    fetch = partial(_fetch, asked, make, "list_report_rollups", relation, ("after_at",), values)
    return Listing(ReportRollUp, ReportRollUpPage, _BUCKET_KEY, lambda one: (one.bucket,), fetch)


def _of_readings(
    asked: Asked[ReadingsQuestion, None], values: Mapping[str, Any]
) -> Listing[Reading]:
    columns = ("after_at", "after_metric")
    fetch = partial(_fetch, asked, Reading, "list_readings", SENSOR_READINGS, columns, values)
    return Listing(
        Reading, ReadingPage, _METRIC_KEY, lambda one: (one.observed_at, one.metric), fetch
    )


def _of_reading_rollups(
    asked: Asked[ReadingsQuestion, None], values: Mapping[str, Any]
) -> Listing[ReadingRollUp]:
    relation = SENSOR_ROLLUPS[_LEVELS[asked.query.resolution]].name
    columns = ("after_at", "after_metric")
    fetch = partial(_fetch, asked, ReadingRollUp, "list_reading_rollups", relation, columns, values)
    return Listing(
        ReadingRollUp, ReadingRollUpPage, _METRIC_KEY, lambda one: (one.bucket, one.metric), fetch
    )


async def _fetch(
    asked: Asked[ReadingsQuestion, None],
    kind: type[Answer],
    name: str,
    relation: str,
    columns: Sequence[str],
    values: Mapping[str, Any],
    after: Key | None,
    limit: int,
) -> Sequence[Any]:
    place = dict(zip(columns, after or (None,) * len(columns), strict=True))
    async with reading(asked.pool) as connection:
        return await select(connection, kind, name, {**values, **place, "limit": limit}, relation)


def _report_rollup(**row: Any) -> ReportRollUp:  # noqa: ANN401 - the columns of a row
    spreads = {
        name: Spread(
            mean=row.pop(f"{name}_avg"),
            least=row.pop(f"{name}_min"),
            greatest=row.pop(f"{name}_max"),
            reports=row.pop(f"{name}_count"),
        )
        for name in _SPREADS
    }
    return ReportRollUp(**row, **spreads)


OPERATIONS: Final = (
    Operation(
        name="listReadings",
        method="GET",
        path="/api/v1/devices/{device}/readings",
        tag="devices",
        summary="Readings of a device, raw or rolled up, the oldest first",
        description="Reports of what watches links and base stations, readings of sensors; `series`"
        " tells which. Buckets are those that begin in the time asked for. Minutes are there a"
        " quarter of a minute after their end at the soonest, hours and days within half an hour.",
        query=ReadingsQuestion,
        answer=SeriesPage,
        sheet=True,
        run=listed("readings", _readings),
    ),
)
"""What can be asked about readings."""
