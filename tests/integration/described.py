r"""What is asked of `\d` and its kin, and the objects that it is asked about (`described*.sql`)."""

from pathlib import Path

DATABASE = "shown_db"
COMMANDS = (
    r"\d", r"\d+", r"\dS pg_class", r"\d customers", r"\d+ customers", r"\d customer*", r"\d orders",
    r"\d+ orders", r"\d guarded", r"\d+ guarded", r"\d ruled", r"\d+ ruled", r"\d events", r"\d+ events",
    r"\d events_2026", r"\d+ events_other", r"\d parent", r"\d+ child", r"\d unlogged", r"\d big_orders",
    r"\d+ big_orders", r"\d+ totals", r"\d orders_placed", r"\d+ orders_expression", r"\d orders_id_seq",
    r"""\d "it's a sequence" """, r"\d customers_id_seq", r"\d lines", r"\d+ lines", r"\d address",
    r'\d "Odd Schema".*', r'\d "Odd Schema"."Odd ""Table"""', r'\d "back\slash"', r'\d "tick`id`s"',
    r'\d "pipe|name"', r"\d orders|guarded", r"\d orders | less", r"\d 'orders' extra", r"\d ORDERS",
    r"\d nope", r"\d shown_db.public.orders", r"\d app_db.public.orders", r"\d a.b.c.d", r"\d sales.*",
    r"\d *.orders", r"\dt", r"\dt+", r"\dt nope*", r"\dti", r"\dtvS pg_stat_d*", r"\di", r"\di+ orders*",
    r"\dv", r"\dv+", r"\dm", r"\dm+", r"\ds", r"\ds+", r"\dE", r"\dP", r"\dP+", r"\dn", r"\dn+", r"\dp",
    r"\dp customers", r"\z", r"\ddp", r"\du", r"\du+ lena", r"\dg", r"\drds", r"\drg", r"\dx",
    r"\dx+ pg_stat_statements", r"\dx file*", r"\df", r"\df+ plus", r"\df plus int", r"\dfp", r"\dft",
    r"\dfa", r"\da product", r"\do @+", r"\dT", r"\dT+ mood", r"\dD", r"\dD+", r"\dO", r"\dC point", r"\dd",
    r"\dX", r"\dy", r"\dRp", r"\dRp+", r"\dRs", r"\dew", r"\des", r"\det+", r"\dF plain", r"\dF+ plain",
    r"\dL", r"\dconfig work_mem", r"\db", r"\dA", r"\dAc btree integer", r"\dl", r"\l", r"\l shown*",
    r"\sf plus(int, int)", r"\sf+ touched", r"\sf none", r"\sf plus", r"\sv big_orders", r"\sv+ big_orders",
    r"\sv orders", r"\h create policy", r"\h nonsense", r"\dx nope",
)  # fmt: skip
ONLY_18 = (r"\d virtual_columns", r"\d+ virtual_columns", r"\d booked", r"\d+ booked")


def script(name: str) -> bytes:
    """One of the files beside this."""
    return (Path(__file__).parent / f"{name}.sql").read_bytes()
