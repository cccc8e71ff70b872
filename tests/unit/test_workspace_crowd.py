"""The people of a workspace, with and without a crowd."""

from bot.workspace.company.seed import CHANNELS, PEOPLE, seeded
from bot.workspace.company.state import SLACKBOT


def test_a_crowd_leaves_everybody_elses_id() -> None:
    small, large = (seeded("harbor", lambda: 1.0, crowd=size) for size in (0, 60))
    assert large.users.items() >= small.users.items()
    assert large.groups == small.groups
    assert list(large.conversations) == list(small.conversations)
    assert large.ids.seeded("U") == small.ids.seeded("U"), "the app's bot comes later"


def test_the_crowd_is_the_same_each_time_and_in_every_channel() -> None:
    one, other = (seeded("harbor", lambda: 1.0, crowd=size) for size in (80, 120))
    people = [user for user in one.users.values() if user.id != SLACKBOT]
    assert len(people) == len(PEOPLE) + 80
    assert other.users.items() >= one.users.items()
    for conversation in one.conversations.values():
        assert set(conversation.members) == {user.id for user in people}
    assert len(one.conversations) == len(CHANNELS)


def test_everybody_can_be_told_from_everybody() -> None:
    people = list(seeded("harbor", lambda: 1.0, crowd=300).users.values())
    assert len({user.id for user in people}) == len(people)
    assert len({user.real_name for user in people}) == len(people)
    names = [user.name for user in people]
    assert len(set(names)) == len(names)
    assert {"p01", "p60", "p300"} <= set(names)
    assert len({user.zone for user in people}) == 7
    assert not any(user.is_admin for user in people if user.name.startswith("p0"))
