"""What a statement defines: which kinds of objects it creates, drops or alters."""

from dataclasses import dataclass, field

from google.protobuf.message import Message
from postgast import pg_query_pb2 as pb
from postgast import unwrap_node

from scenarios.sql.reads import relation_name


@dataclass(frozen=True, kw_only=True, slots=True)
class Definition:
    """Kinds, and for drops and alters also kinds with the object's name: `table`, `table orders`."""

    creates: frozenset[str] = field(default_factory=frozenset)
    drops: frozenset[str] = field(default_factory=frozenset)
    alters: frozenset[str] = field(default_factory=frozenset)


_KINDS = {
    pb.OBJECT_AGGREGATE: "aggregate",
    pb.OBJECT_COLLATION: "collation",
    pb.OBJECT_COLUMN: "column",
    pb.OBJECT_CONVERSION: "conversion",
    pb.OBJECT_DATABASE: "database",
    pb.OBJECT_DOMAIN: "domain",
    pb.OBJECT_DOMCONSTRAINT: "constraint",
    pb.OBJECT_EVENT_TRIGGER: "event trigger",
    pb.OBJECT_EXTENSION: "extension",
    pb.OBJECT_FDW: "foreign data",
    pb.OBJECT_FOREIGN_SERVER: "foreign data",
    pb.OBJECT_FOREIGN_TABLE: "table",
    pb.OBJECT_FUNCTION: "function",
    pb.OBJECT_INDEX: "index",
    pb.OBJECT_LANGUAGE: "language",
    pb.OBJECT_MATVIEW: "materialized view",
    pb.OBJECT_OPERATOR: "operator",
    pb.OBJECT_POLICY: "policy",
    pb.OBJECT_PROCEDURE: "function",
    pb.OBJECT_PUBLICATION: "publication",
    pb.OBJECT_ROLE: "role",
    pb.OBJECT_ROUTINE: "function",
    pb.OBJECT_RULE: "rule",
    pb.OBJECT_SCHEMA: "schema",
    pb.OBJECT_SEQUENCE: "sequence",
    pb.OBJECT_STATISTIC_EXT: "statistics",
    pb.OBJECT_SUBSCRIPTION: "subscription",
    pb.OBJECT_TABCONSTRAINT: "constraint",
    pb.OBJECT_TABLE: "table",
    pb.OBJECT_TABLESPACE: "tablespace",
    pb.OBJECT_TRIGGER: "trigger",
    pb.OBJECT_TSCONFIGURATION: "text search",
    pb.OBJECT_TSDICTIONARY: "text search",
    pb.OBJECT_TSPARSER: "text search",
    pb.OBJECT_TSTEMPLATE: "text search",
    pb.OBJECT_TYPE: "type",
    pb.OBJECT_VIEW: "view",
}

_CREATING: dict[type[Message], str] = {
    pb.CompositeTypeStmt: "type",
    pb.CreateAmStmt: "other",
    pb.CreateCastStmt: "other",
    pb.CreateConversionStmt: "conversion",
    pb.CreateDomainStmt: "domain",
    pb.CreateEnumStmt: "type",
    pb.CreateEventTrigStmt: "event trigger",
    pb.CreateExtensionStmt: "extension",
    pb.CreateFdwStmt: "foreign data",
    pb.CreateForeignServerStmt: "foreign data",
    pb.CreateForeignTableStmt: "table",
    pb.CreateFunctionStmt: "function",
    pb.CreateOpClassStmt: "operator",
    pb.CreateOpFamilyStmt: "operator",
    pb.CreatePLangStmt: "language",
    pb.CreatePolicyStmt: "policy",
    pb.CreatePublicationStmt: "publication",
    pb.CreateRangeStmt: "type",
    pb.CreateRoleStmt: "role",
    pb.CreateSchemaStmt: "schema",
    pb.CreateSeqStmt: "sequence",
    pb.CreateStatsStmt: "statistics",
    pb.CreateSubscriptionStmt: "subscription",
    pb.CreateTableSpaceStmt: "tablespace",
    pb.CreateTransformStmt: "other",
    pb.CreateTrigStmt: "trigger",
    pb.CreateUserMappingStmt: "foreign data",
    pb.CreatedbStmt: "database",
    pb.RuleStmt: "rule",
    pb.ViewStmt: "view",
}

_ALTERING: dict[type[Message], str] = {
    pb.AlterCollationStmt: "collation",
    pb.AlterDefaultPrivilegesStmt: "default privileges",
    pb.AlterDomainStmt: "domain",
    pb.AlterEnumStmt: "type",
    pb.AlterEventTrigStmt: "event trigger",
    pb.AlterExtensionContentsStmt: "extension",
    pb.AlterExtensionStmt: "extension",
    pb.AlterFdwStmt: "foreign data",
    pb.AlterForeignServerStmt: "foreign data",
    pb.AlterFunctionStmt: "function",
    pb.AlterOpFamilyStmt: "operator",
    pb.AlterOperatorStmt: "operator",
    pb.AlterPolicyStmt: "policy",
    pb.AlterPublicationStmt: "publication",
    pb.AlterRoleSetStmt: "role",
    pb.AlterRoleStmt: "role",
    pb.AlterStatsStmt: "statistics",
    pb.AlterSubscriptionStmt: "subscription",
    pb.AlterTSConfigurationStmt: "text search",
    pb.AlterTSDictionaryStmt: "text search",
    pb.AlterTableMoveAllStmt: "tablespace",
    pb.AlterTableSpaceOptionsStmt: "tablespace",
    pb.AlterTypeStmt: "type",
    pb.AlterUserMappingStmt: "foreign data",
    pb.CommentStmt: "other",
    pb.DropOwnedStmt: "owned",
    pb.GrantRoleStmt: "role",
    pb.ImportForeignSchemaStmt: "foreign data",
    pb.ReassignOwnedStmt: "owned",
    pb.SecLabelStmt: "other",
}

_DROPPING: dict[type[Message], str] = {
    pb.DropOwnedStmt: "owned",
    pb.DropRoleStmt: "role",
    pb.DropSubscriptionStmt: "subscription",
    pb.DropTableSpaceStmt: "tablespace",
    pb.DropUserMappingStmt: "foreign data",
}


def definition_of(statement: Message) -> Definition:
    """What a statement defines; empty for one that is no DDL."""
    created = _creates(statement)
    dropped = _drops(statement)
    return Definition(creates=created, drops=dropped, alters=_alters(statement) | created | dropped)


def _creates(statement: Message) -> frozenset[str]:
    kind = _CREATING.get(type(statement))
    if isinstance(statement, pb.IndexStmt) or (
        isinstance(statement, pb.AlterTableStmt) and _adds_index(statement)
    ):
        kind = "index"
    elif isinstance(statement, pb.CreateStmt):
        kind = _table(statement.relation)
    elif isinstance(statement, pb.CreateTableAsStmt):
        kind = _KINDS.get(statement.objtype, "table")
        kind = _table(statement.into.rel) if kind == "table" else kind
    elif isinstance(statement, pb.SelectStmt) and statement.HasField("into_clause"):
        kind = _table(statement.into_clause.rel)
    elif isinstance(statement, pb.DefineStmt):
        kind = _KINDS.get(statement.kind, "other")
    return frozenset({kind}) if kind else frozenset()


def _adds_index(statement: pb.AlterTableStmt) -> bool:
    """ALTER TABLE … ADD PRIMARY KEY, UNIQUE or EXCLUDE builds an index, unless it takes one over."""
    for command in map(unwrap_node, statement.cmds):
        # `def` is a word of Python's own.
        constraint = unwrap_node(getattr(command, "def"))
        if (
            isinstance(constraint, pb.Constraint)
            and not constraint.indexname
            and constraint.contype in (pb.CONSTR_PRIMARY, pb.CONSTR_UNIQUE, pb.CONSTR_EXCLUSION)
        ):
            return True
    return False


def _table(relation: pb.RangeVar) -> str:
    return "temp table" if relation.relpersistence == "t" else "table"


def _drops(statement: Message) -> frozenset[str]:
    if isinstance(statement, pb.DropStmt):
        kind = _KINDS.get(statement.remove_type, "other")
        return frozenset({kind, *(f"{kind} {name}" for name in map(_object_name, statement.objects) if name)})
    if isinstance(statement, pb.DropdbStmt):
        return frozenset({"database", f"database {statement.dbname}"})
    dropped = _DROPPING.get(type(statement))
    return frozenset({dropped}) if dropped else frozenset()


def _alters(statement: Message) -> frozenset[str]:
    kind, name = _ALTERING.get(type(statement)), ""
    if isinstance(statement, pb.RenameStmt):
        kind, name = _renamed(statement)
    elif isinstance(statement, pb.AlterTableStmt):
        kind, name = _KINDS.get(statement.objtype, "table"), relation_name(statement.relation)
    elif isinstance(statement, pb.AlterSeqStmt):
        kind, name = "sequence", relation_name(statement.sequence)
    elif isinstance(statement, pb.AlterObjectSchemaStmt | pb.AlterOwnerStmt | pb.AlterObjectDependsStmt):
        kind = _KINDS.get(statement.object_type, "other")
        has_relation = statement.HasField("relation")
        name = relation_name(statement.relation) if has_relation else _object_name(statement.object)
    elif isinstance(
        statement, pb.AlterDatabaseStmt | pb.AlterDatabaseSetStmt | pb.AlterDatabaseRefreshCollStmt
    ):
        kind, name = "database", str(statement.dbname)
    elif isinstance(statement, pb.ClusterStmt):
        kind, name = "table", relation_name(statement.relation) if statement.HasField("relation") else ""
    elif isinstance(statement, pb.GrantStmt):
        kind = "grants"
    elif isinstance(statement, pb.ReindexStmt):
        kind = "index"
    return _named(kind, name) if kind else frozenset()


def _renamed(statement: pb.RenameStmt) -> tuple[str, str]:
    kind = _KINDS.get(statement.rename_type, "other")
    if kind in ("column", "constraint"):
        kind = _KINDS.get(statement.relation_type, "table")
    if statement.HasField("relation"):
        return kind, relation_name(statement.relation)
    return kind, str(statement.subname) if kind in ("database", "role", "schema", "tablespace") else ""


def _named(kind: str, name: str) -> frozenset[str]:
    return frozenset({kind, f"{kind} {name}"} if name else {kind})


def _object_name(node: Message) -> str:
    """A name given as a list of words (`public.orders`), or one word (a schema); empty for anything else."""
    node = unwrap_node(node)
    if isinstance(node, pb.String):
        return str(node.sval)
    if isinstance(node, pb.List):
        words = [part.sval for part in map(unwrap_node, node.items) if isinstance(part, pb.String)]
        if len(words) > 1 and words[-2] in ("pg_catalog", "public"):
            words = words[-1:]
        return ".".join(words)
    return ""
