import pytest

from sandbox.server.learner_roles import role_name


@pytest.mark.parametrize(
    ("hint", "name"),
    [
        ("ada", "ada"),
        ("Ada Lovelace", "ada_lovelace"),
        ("Zoë", "zoe"),
        ("42", "u_42"),
        ("pg_monitor", "u_pg_monitor"),
        ("☃", "rider"),
        ("", "rider"),
        ("a" * 80, "a" * 32),
        ('x"; DROP ROLE y; --', "x_drop_role_y"),
    ],
)
def test_a_role_is_named_like_the_person(hint: str, name: str) -> None:
    assert role_name(hint, ()) == name


def test_a_taken_name_gets_a_number() -> None:
    assert role_name("ada", {"ada"}) == "ada_2"
    assert role_name("ada", {"ada", "ada_2"}) == "ada_3"
