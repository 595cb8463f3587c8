"""The one data source of all boards."""

from typing import Any, Final

UID: Final = "srepok"
"""Its uid, fixed in deploy/compose/grafana/datasources.yml too."""

TYPE: Final = "grafana-postgresql-datasource"
"""Its type in Grafana 12 and 13."""

REFERENCE: Final[dict[str, Any]] = {"type": TYPE, "uid": UID}
"""How dashboards name it."""
