"""A query as Grafana would send it to the database.

Grafana fills it in at two places: its page replaces variables, then its server replaces macros.
This does both, in that order, so that a query can be run, and proved, without a Grafana.
"""

from dashboards.choices import fill_in_variables
from dashboards.macros import fill_in_macros
from dashboards.screen import Screen


def expand(sql: str, screen: Screen) -> str:
    """Return the SQL that Grafana would send to the database.

    Raises:
        QueryError: a macro that the data source does not know, or with wrong arguments; a format
            of variables that Grafana does not have.
    """
    return fill_in_macros(fill_in_variables(sql, screen), screen.time)
