"""Which calls of the engine's API the proxy knows, and how a request can't lie about which one it is."""

import pytest

from bot.engine_proxy.calls import About, read
from bot.engine_proxy.errors import RefusedError

ID = "4f" * 32


@pytest.mark.parametrize(
    ("method", "target", "about", "name"),
    [
        ("GET", "/_ping", About.ENGINE, ""),
        ("HEAD", "/_ping", About.ENGINE, ""),
        ("GET", "/version", About.ENGINE, ""),
        ("GET", "/v1.41/info", About.ENGINE, ""),
        ("GET", "/v1.41/images/json?all=1&filters=%7B%22label%22%3A%5B%22x%22%5D%7D", About.IMAGES, ""),
        ("GET", "/v1.41/images/postgres:18/json", About.IMAGE, "postgres:18"),
        ("GET", "/v1.41/images/ride-sandbox/locks:1f/json", About.IMAGE, "ride-sandbox/locks:1f"),
        ("GET", "/v1.41/images/postgres%40sha256:4f/json", About.IMAGE, "postgres@sha256:4f"),
        ("POST", "/v1.41/images/create?fromImage=postgres&tag=18", About.PULL, ""),
        ("GET", "/v1.41/volumes/ride-sockets", About.VOLUME, "ride-sockets"),
        ("GET", "/v1.41/containers/json?all=1&size=0&limit=-1&trunc_cmd=0", About.CONTAINERS, ""),
        ("POST", "/v1.41/containers/create?name=ride-1", About.CREATE, ""),
        ("GET", f"/v1.41/containers/{ID}/json", About.CONTAINER, ID),
        ("GET", f"/v1.41/containers/{ID}/logs?stdout=1&stderr=1&tail=50", About.CONTAINER, ID),
        ("POST", f"/v1.41/containers/{ID}/start", About.START, ID),
        ("POST", f"/v1.41/containers/{ID}/stop?t=5", About.CONTAINER, ID),
        ("POST", f"/v1.41/containers/{ID}/kill?signal=SIGKILL", About.CONTAINER, ID),
        ("POST", f"/v1.41/containers/{ID}/wait?condition=not-running", About.CONTAINER, ID),
        ("DELETE", f"/v1.41/containers/{ID}?v=True&force=True", About.CONTAINER, ID),
        ("PUT", f"/v1.41/containers/{ID}/archive?path=/opt/ride", About.FILES, ID),
        ("POST", f"/v1.41/commit?container={ID}&repo=ride-sandbox/x&tag=1", About.COMMIT, ""),
    ],
)  # fmt: skip
def test_what_ride_calls(method: str, target: str, about: About, name: str) -> None:
    call = read(method, target)
    assert (call.method, call.about, call.name) == (method, about, name)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("POST", f"/v1.41/containers/{ID}/exec"),
        ("POST", f"/v1.41/exec/{ID}/start"),
        ("POST", f"/v1.41/containers/{ID}/attach?stream=1&stdin=1"),
        ("GET", f"/v1.41/containers/{ID}/attach/ws"),
        ("GET", f"/v1.41/containers/{ID}/archive?path=/etc"),
        ("HEAD", f"/v1.41/containers/{ID}/archive?path=/etc"),
        ("GET", f"/v1.41/containers/{ID}/export"),
        ("POST", f"/v1.41/containers/{ID}/update"),
        ("POST", f"/v1.41/containers/{ID}/rename?name=x"),
        ("POST", "/v1.41/containers/prune"),
        ("POST", "/v1.41/build?dockerfile=Dockerfile"),
        ("POST", "/v1.41/images/load"),
        ("POST", "/v1.41/images/postgres:18/tag?repo=ride-sandbox/x&tag=1"),
        ("POST", "/v1.41/images/postgres:18/push"),
        ("GET", "/v1.41/images/postgres:18/get"),
        ("DELETE", "/v1.41/images/postgres:18"),
        ("POST", "/v1.41/swarm/init"),
        ("GET", "/v1.41/secrets"),
        ("POST", "/v1.41/services/create"),
        ("POST", "/v1.41/plugins/pull?remote=x"),
        ("POST", "/v1.41/volumes/create"),
        ("DELETE", "/v1.41/volumes/ride-sockets"),
        ("GET", "/v1.41/volumes"),
        ("POST", "/v1.41/networks/create"),
        ("POST", "/v1.41/networks/bridge/connect"),
        ("POST", "/v1.41/auth"),
        ("POST", "/v1.41/session"),
        ("POST", "/grpc"),
        ("GET", "/v1.41/events"),
        ("GET", "/v1.41/system/df"),
        ("PATCH", "/v1.41/containers/create"),
        ("TRACE", "/_ping"),
        ("post", "/v1.41/containers/create"),
    ],
)
def test_what_ride_does_not_call(method: str, target: str) -> None:
    with pytest.raises(RefusedError, match="never makes this call"):
        read(method, target)


@pytest.mark.parametrize(
    "target",
    [
        f"/v1.41/containers/{ID}/../../containers/create",
        f"/v1.41/containers/{ID}/json/..",
        "/v1.41/volumes/../containers/json",
        "/v1.41/volumes/%2e%2e/containers/json",
        f"/v1.41/containers/{ID}%2fexec",
        f"/v1.41/containers/{ID}%2Fjson",
        "/v1.41/images/postgres%2f..%2f..%2finfo/json",
        "/v1.41/images/x/../../containers/create/json",
        "/v1.41/images/./json",
        "//v1.41/containers/json",
        "/v1.41//containers/json",
        "/v1.41/containers//json",
        "/v1.41/containers/json/",
        "/v1.41/containers/json;/x",
        "/v1.41/containers/json\\x",
        "/v1.41/containers/json%00",
        "/v1.41/containers/json#x",
        "/v1.41/containers/ｊson",
        "http://engine/v1.41/containers/json",
        "*",
        "",
        "/",
    ],
)
def test_a_path_is_one_path(target: str) -> None:
    with pytest.raises(RefusedError):
        read("GET", target)


@pytest.mark.parametrize(
    "version", ["v1.24", "v1.39", "v1.4", "v2.41", "v1.41.0", "v1.9999", "V1.41", "1.41"]
)
def test_other_versions(version: str) -> None:
    """A container's start took a HostConfig before v1.24."""
    with pytest.raises(RefusedError):
        read("POST", f"/{version}/containers/{ID}/start")


@pytest.mark.parametrize(
    "query",
    [
        "name=ride-1&name=other",
        "Name=ride-1",
        "name=../x",
        "name=a%2fb",
        "name=a%0Ab",
        "platform=linux",
        "name=%ff",
        "x",
        ";",
    ],
)
def test_a_query_with_more_in_it(query: str) -> None:
    with pytest.raises(RefusedError):
        read("POST", f"/v1.41/containers/create?{query}")


@pytest.mark.parametrize(
    "query",
    [
        "fromSrc=http://x",
        "fromImage=postgres&fromSrc=-",
        "fromImage=x&repo=y",
        "fromImage=x&changes=USER%20root",
    ],
)
def test_a_pull_is_no_import(query: str) -> None:
    with pytest.raises(RefusedError):
        read("POST", f"/v1.41/images/create?{query}")


def test_changes_of_a_commit() -> None:
    call = read("POST", "/v1.41/commit?container=a&repo=r&changes=CMD+%5B%5D&tag=1&changes=USER+1:1")
    assert call.changes == ("CMD []", "USER 1:1")
    assert dict(call.query) == {"container": "a", "repo": "r", "tag": "1"}


@pytest.mark.parametrize("query", ["container=../../images/x&repo=r", "container=a/b", "repo=r&repo=s"])
def test_a_commit_of_something_else(query: str) -> None:
    with pytest.raises(RefusedError):
        read("POST", f"/v1.41/commit?{query}")


def test_what_says_nothing_is_left_out() -> None:
    assert read("POST", "/v1.41/containers/create?name=").query == {}
