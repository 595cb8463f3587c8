"""The catalogue of metrics."""

import hashlib
import math

import pytest

from province.metrics import CatalogueError, catalogue, read_catalogue

HEAD = "metric_id,metric,unit,minimum,maximum,description"

# A metric's number stands in every stored reading. This list only grows: a line that is
# changed or missing here means that old readings would change their meaning.
NUMBERS_SO_FAR = (
    "100 101 102 103 104 105 106 107 110 111 112 200 201 202 203 204 205 206 207 208 209 210 "
    "300 301 302 303 304 305 306 307 308 309 400 401 402 500 501 502 510 520 530 "
    "600 601 602 603 604 900 901 902 903 904 905 906 907 908"
)
IDENTITY_SO_FAR = "6577a5d8c68d5dc7"


def test_no_metric_has_changed_its_number_code_or_unit() -> None:
    released = {int(number) for number in NUMBERS_SO_FAR.split()}
    lines = [
        f"{metric.metric_id} {metric.code} {metric.unit}"
        for metric in sorted(catalogue().values(), key=lambda metric: metric.metric_id)
        if metric.metric_id in released
    ]
    assert len(lines) == len(released)
    assert hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16] == IDENTITY_SO_FAR


@pytest.mark.parametrize(
    ("code", "plausible", "implausible"),
    [
        ("air_temperature_c", 47.1, 99.9),
        ("humidity_percent", 100.4, 120),
        ("water_level_m", -3.2, 5000),
        ("pm2_5_ugm3", 640, -1),
        ("wind_gust_ms", 78, 400),
        ("rssi_dbm", -127, 120),
        ("street_light_on", 1, 2),
        ("supply_mv", 3616, -5),
    ],
)
def test_a_range_takes_extremes_and_refuses_the_impossible(
    code: str, plausible: float, implausible: float
) -> None:
    metric = catalogue()[code]
    assert metric.holds(metric.minimum)
    assert metric.holds(metric.maximum)
    assert metric.holds(plausible)
    assert not metric.holds(implausible)
    assert not metric.holds(math.nan)
    assert not metric.holds(math.inf)


def test_every_metric_tells_what_it_is() -> None:
    for metric in catalogue().values():
        assert metric.description, metric.code


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["id,metric"], "m.csv: expected the columns metric_id, metric, unit"),
        ([HEAD, "1,a,m,0,1"], "m.csv:2: 5 fields where 6 are expected"),
        (["# why", HEAD, "1,a b,m,0,1,x"], "m.csv:3: metric code 'a b': only"),
        ([HEAD, "0,a,m,0,1,x"], "m.csv:2: metric a: id 0 is not from 1 to 32767"),
        ([HEAD, "1,a,m,0,inf,x"], "m.csv:2: metric a: its range must be finite"),
        ([HEAD, "1,a,m,2,1,x"], "m.csv:2: metric a: minimum 2.0 is not below maximum 1.0"),
        ([HEAD, "1,a,m,x,1,x"], "m.csv:2: metric a: could not convert"),
        ([HEAD, "1,a,m,0,1,x", "2,a,m,0,1,x"], "m.csv:3: metric a: a second line for this code"),
        ([HEAD, "1,a,m,0,1,x", "1,b,m,0,1,x"], "m.csv:3: metric b: id 1 belongs to a"),
    ],
)
def test_a_wrong_catalogue_is_refused_with_its_place(lines: list[str], message: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        read_catalogue(lines, "m.csv")
    assert str(caught.value).startswith(message)
