"""What the catalogs say of a schema, as lines that can be compared and read in a difference."""

from typing import Final, LiteralString

from psycopg import AsyncConnection

_QUERIES: Final[dict[str, LiteralString]] = {
    "relation": """
        SELECT relname, concat_ws(' ', relkind, reloptions::text)
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')
    """,
    "column": """
        SELECT relname || '.' || attname, concat_ws(' ', attnum,
            format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'not null' END,
            'identity ' || nullif(attidentity::text, ''), pg_get_expr(adbin, adrelid))
        FROM pg_attribute
        JOIN pg_class ON pg_class.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') AND attnum > 0
            AND NOT attisdropped
    """,
    "constraint": """
        SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
        FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
    """,
    "index": """
        SELECT tablename || '.' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    """,
    "comment": """
        SELECT pg_describe_object(classoid, objoid, objsubid), description
        FROM pg_description
        WHERE NOT EXISTS (
            SELECT FROM pg_depend
            WHERE pg_depend.classid = classoid AND pg_depend.objid = objoid AND deptype = 'e'
        ) AND pg_describe_object(classoid, objoid, objsubid) !~ '_timescaledb|^extension|^language'
        AND objoid >= 16384
    """,
    "relation grant": """
        SELECT relname, concat_ws(' ', grantee::regrole, privilege_type)
        FROM pg_class CROSS JOIN aclexplode(relacl)
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')
    """,
    "column grant": """
        SELECT relname || '.' || attname, concat_ws(' ', grantee::regrole, privilege_type)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid CROSS JOIN aclexplode(attacl)
        WHERE relnamespace = 'public'::regnamespace
    """,
    "schema grant": """
        SELECT nspname, concat_ws(' ', nullif(grantee, 0)::regrole, privilege_type)
        FROM pg_namespace CROSS JOIN aclexplode(nspacl) WHERE nspname = 'public'
    """,
    "database grant": """
        SELECT 'database', concat_ws(' ', nullif(grantee, 0)::regrole, privilege_type)
        FROM pg_database CROSS JOIN aclexplode(datacl) WHERE datname = current_database()
    """,
    "function": """
        SELECT pg_proc.oid::regprocedure, concat_ws(' ', prokind, prosecdef, provolatile,
            proconfig::text, pg_get_function_arguments(pg_proc.oid),
            pg_get_function_result(pg_proc.oid), proacl::text, md5(prosrc))
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS (
            SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e'
        )
    """,
    "trigger": """
        SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(pg_trigger.oid)
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal
            AND tgfoid IN (SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace)
    """,
    "enum": """
        SELECT enumtypid::regtype, string_agg(enumlabel, ' ' ORDER BY enumsortorder)
        FROM pg_enum JOIN pg_type ON pg_type.oid = enumtypid
        WHERE typnamespace = 'public'::regnamespace GROUP BY 1
    """,
    "hypertable": """
        SELECT hypertable_name, column_name || ' by ' || time_interval
        FROM timescaledb_information.dimensions WHERE hypertable_schema = 'public'
    """,
    "retention": "SELECT relation, retention_settings::text FROM retention_settings",
}


async def describe_schema(connection: AsyncConnection) -> set[tuple[str, str, str]]:
    """Return (kind, object, what is said of it) of everything in schema public that is ours."""
    lines = set()
    for kind, query in _QUERIES.items():
        cursor = await connection.execute(query)
        lines |= {(kind, str(name), str(said)) for name, said in await cursor.fetchall()}
    return lines
