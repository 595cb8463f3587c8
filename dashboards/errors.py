"""What can go wrong with dashboards.

DashboardsError
├── BoardError              a board cannot be built as it is written
├── BuildError              files cannot be written where they are asked for
├── QueryError              a query cannot be expanded, or its file is not in order
├── PreviewError            a preview cannot be made
├── DataSourceError         a database cannot be a data source as it is given
└── GrafanaError            a Grafana did not do what was asked
    ├── UnreachableError    no answer
    ├── TokenError          the token is not one of this Grafana's
    ├── VersionError        a version that the dashboards are not made for
    ├── ReadOnlyError       the folder or dashboard may not be written
    └── HandEditedError     somebody saved a dashboard by hand since
"""


class DashboardsError(Exception):
    """Something went wrong that a person can put right; the message says how."""


class BoardError(DashboardsError):
    """A board cannot be built as it is written; the message names board and panel."""


class BuildError(DashboardsError):
    """Files cannot be written where they are asked for; the message names the directory."""


class QueryError(DashboardsError):
    """A query cannot be expanded, or its file is not in order; the message names the query."""


class PreviewError(DashboardsError):
    """A preview cannot be made; the message names the board and the reason."""


class DataSourceError(DashboardsError):
    """A database cannot be a data source as it is given; the message has its address."""


class GrafanaError(DashboardsError):
    """A Grafana did not do what was asked; the message names its URL and what it said."""


class UnreachableError(GrafanaError):
    """No answer came from the URL."""


class TokenError(GrafanaError):
    """The token is not one of this Grafana's, or has run out."""


class VersionError(GrafanaError):
    """The Grafana has a version that the dashboards are not made for."""


class ReadOnlyError(GrafanaError):
    """The folder or dashboard may not be written with this token, or over the API at all."""


class HandEditedError(GrafanaError):
    """Dashboards were saved by hand since they were pushed; nothing of them was written."""
