"""`docker-compose up` in a clean clone is a deployment: built, brought up, ridden through, taken down."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from docker import DockerClient

from bot.cli.autopilot import FIRST
from bot.cli.learner import Learner
from bot.slack.messages.buttons import ACKNOWLEDGE
from bot.workspace.people.client import UserClient, WorkspaceClient
from scenarios.loading.catalogue import Catalogue
from scenarios.loading.proof import load_proof
from tests.acceptance.deployment import BUILD_PATIENCE, PATIENCE, Deployment, deployed
from tests.acceptance.test_cli_stopping import BLOCKER, paged, start_ride

pytestmark = [
    pytest.mark.docker,
    pytest.mark.xdist_group("docker"),
    pytest.mark.asyncio(loop_scope="module"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def deployment(docker_engine: DockerClient, sandbox_image: str) -> AsyncIterator[Deployment]:
    """A deployment that is up, its bot connected."""
    async with deployed(docker_engine, sandbox_image) as it:
        await it.compose("up", "--detach", "--build", within=BUILD_PATIENCE)
        async with asyncio.timeout(PATIENCE):
            await it.workspace.wait_connected()
        yield it


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def dana(deployment: Deployment) -> AsyncIterator[UserClient]:
    """Who rides."""
    async with WorkspaceClient(deployment.workspace.url) as client:
        yield await client.as_user(FIRST)


async def comes_true(look: Callable[[], bool], what: str) -> None:
    """Waits for something at the engine, which tells nobody of it."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not await asyncio.to_thread(look):  # noqa: ASYNC110
                await asyncio.sleep(0.25)
    except TimeoutError:
        raise AssertionError(f"waited for {what} in vain") from None


@pytest.mark.parametrize("name", ["reference", "own-client"])
async def test_a_ride(deployment: Deployment, dana: UserClient, name: str) -> None:
    """Through /sql, and through the learner's own client, with TLS to the bot's port."""
    scenario = Catalogue().load("alter-table-locks")
    said: list[str] = []
    proof = load_proof(scenario, name)
    learner = Learner({"first": dana}, scenario, proof, speed=1.0, say=said.append)
    await learner.ride_it()
    replayed = json.loads(await deployment.ride("replay", learner.ride, "--json"))
    assert (replayed["score"]["total"], replayed["outcome"], replayed["same"]) == (100, "resolved", True), (
        said
    )
    await comes_true(lambda: deployment.sandboxes() == [], "the sandbox to be removed")


async def test_a_restart_in_the_middle(deployment: Deployment, dana: UserClient) -> None:
    """The ride goes on in the same sandbox, and nothing is said twice."""
    home = (await dana.channel("incidents")).id
    before = {message.ts for message in await dana.messages(home)}
    channel = await start_ride(dana)
    await paged(dana, channel)
    (sandbox,) = deployment.sandboxes()
    await deployment.compose("restart", "bot")
    async with asyncio.timeout(PATIENCE):
        await deployment.workspace.wait_connected()
    await dana.command(channel, "/sql", BLOCKER)
    await dana.wait_for(
        home,
        lambda message: channel in message.text and message.is_bot and message.ts not in before,
        PATIENCE,
    )
    assert [one.id for one in deployment.sandboxes()] in ([sandbox.id], [])
    messages = await dana.messages(channel)
    texts = Counter(message.text for message in messages if message.is_bot and not message.subtype)
    assert [text for text, count in texts.items() if count > 1] == []
    assert sum(ACKNOWLEDGE in message.buttons or "paged" in message.text for message in messages) == 1
    assert any("Recovered" in text for text in texts)
    await comes_true(lambda: deployment.sandboxes() == [], "the sandbox to be removed")


async def test_the_doctor_finds_nothing_wrong(deployment: Deployment) -> None:
    """It asks the engine through the proxy, too."""
    found = json.loads(await deployment.ride("doctor", "--json"))
    assert (found["well"], [one for one in found["findings"] if one["grade"] == "wrong"]) == (True, [])
    assert any("engine" in one["text"].lower() for one in found["findings"])


async def test_nothing_may_more_than_it_must(deployment: Deployment) -> None:
    for container in deployment.containers():
        service = container.labels["com.docker.compose.service"]
        host, config = container.attrs["HostConfig"], container.attrs["Config"]
        assert not host["Privileged"], service
        assert host["CapDrop"] == ["ALL"], service
        assert host["SecurityOpt"] == ["no-new-privileges:true"], service
        assert host["PidMode"] == host["UTSMode"] == host["UsernsMode"] == "", service
        mounted = {mount["Destination"] for mount in container.attrs["Mounts"]}
        assert ("/var/run/docker.sock" in mounted) == (service == "engine")
        if service != "storage":
            assert host["ReadonlyRootfs"], service
        if service in ("bot", "migrate"):
            assert config["User"] == "10777:10777"
            assert not host["CapAdd"]
        for bindings in (host["PortBindings"] or {}).values():
            assert [binding["HostIp"] for binding in bindings] == ["127.0.0.1"]
    engine = deployment.container("engine")
    assert list(engine.attrs["NetworkSettings"]["Networks"]) == ["none"]
    storage = deployment.container("storage").attrs["NetworkSettings"]["Networks"]
    assert [deployment.engine.networks.get(name).attrs["Internal"] for name in storage] == [True]


async def test_the_bot_is_healthy(deployment: Deployment) -> None:
    def healthy() -> bool:
        return bool(deployment.container("bot").attrs["State"]["Health"]["Status"] == "healthy")

    await comes_true(healthy, "the bot's health")
    assert deployment.container("migrate").attrs["State"]["ExitCode"] == 0
    assert "Traceback" not in deployment.logs()


_TAKE_OVER = """
import docker
from docker.errors import APIError
engine = docker.from_env()
for options in ({"privileged": True}, {"pid_mode": "host"}, {"volumes": ["/:/host"]}):
    try:
        engine.containers.create("IMAGE", "id", **options)
        print("made", options)
    except APIError as error:
        print(error.status_code)
for name in ("SERVICES").split():
    for act in ("start", "kill", "remove"):
        try:
            getattr(engine.api, act if act != "remove" else "remove_container")(name)
            print("did", act, name)
        except APIError as error:
            print(error.status_code)
"""


async def test_a_bot_that_was_taken_over_does_not_get_the_machine(
    deployment: Deployment, sandbox_image: str
) -> None:
    services = [str(deployment.container(name).name) for name in ("storage", "engine", "bot")]
    code = _TAKE_OVER.replace("IMAGE", sandbox_image).replace("SERVICES", " ".join(services))
    assert set((await deployment.inside(code)).split()) == {"403"}
    for name in ("storage", "engine", "bot"):
        assert deployment.container(name).status == "running"
    assert (
        await deployment.inside("open('/proc/self/status').close(); print(__import__('os').getuid())")
    ) == "10777\n"


async def test_no_secret_where_others_look(deployment: Deployment) -> None:
    """Neither in a log, nor in an image; the token that came from a file not in an inspection either."""
    workspace = deployment.workspace
    logs = deployment.logs()
    assert workspace.bot_token not in logs
    assert workspace.app_token not in logs
    assert workspace.bot_token not in json.dumps(deployment.container("bot").attrs)
    image = deployment.engine.images.get(deployment.project)
    history = json.dumps(image.history()) + json.dumps(image.attrs)
    assert workspace.app_token not in history


async def test_taken_down_it_leaves_nothing(deployment: Deployment) -> None:
    assert deployment.volumes() != []
    await deployment.compose("down", "--volumes")
    assert deployment.containers() == []
    assert deployment.volumes() == []
    assert deployment.networks() == []
