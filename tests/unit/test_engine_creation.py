"""What a container may be made with: a sandbox's body passes, and nothing that an attacker would add."""

import copy
import json
from collections.abc import Callable
from pathlib import PurePosixPath

import pytest

from bot.engine_proxy import documents
from bot.engine_proxy.creation import Creation, check
from bot.engine_proxy.documents import Json
from bot.engine_proxy.errors import RefusedError
from bot.engine_proxy.policy import Policy, SocketFolder

AT = "/var/lib/docker/volumes/ride-sockets/_data"
POLICY = Policy(
    sandbox_image="postgres:18",
    repository="ride-sandbox",
    socket_volume="ride-sockets",
    user="60777:60777",
    builder="postgres",
)
SOCKETS = SocketFolder(mountpoint=PurePosixPath(AT))


def sandbox() -> dict[str, Json]:
    """As Ride makes one."""
    return {
        "Image": "ride-sandbox/alter-table-locks:1f2e3d4c",
        "User": "60777:60777",
        "Entrypoint": ["/bin/sh", "/opt/ride/entry.sh"],
        "Cmd": None,
        "Env": ["LANG=C"],
        "Labels": {"ride.sandbox": "a1b2", "ride.ride": "r1"},
        "Tty": False,
        "ExposedPorts": {},
        "HostConfig": {
            "NetworkMode": "none",
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges"],
            "ReadonlyRootfs": True,
            "Binds": [f"{AT}/a1b2:/run/ride:rw"],
            "Tmpfs": {"/data": "rw,size=400m,mode=0700,uid=60777,gid=60777,noexec", "/dev/shm": "size=64m"},
            "Memory": 1 << 30,
            "MemorySwap": 1 << 30,
            "NanoCpus": 1_000_000_000,
            "PidsLimit": 200,
            "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
            "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m", "max-file": "2"}},
            "Privileged": False,
            "Devices": [],
            "ExtraHosts": None,
        },
    }


def checked(document: dict[str, Json]) -> Creation:
    """Over the wire, as it comes."""
    return check(documents.read(json.dumps(document).encode()), POLICY, SOCKETS)


def changed(change: Callable[[dict[str, Json], dict[str, Json]], object]) -> dict[str, Json]:
    """A sandbox's body with a change to it or to its HostConfig."""
    body = copy.deepcopy(sandbox())
    host = body["HostConfig"]
    assert isinstance(host, dict)
    change(body, host)
    return body


def test_a_sandbox() -> None:
    made = checked(sandbox())
    assert made.image == "ride-sandbox/alter-table-locks:1f2e3d4c"
    assert made.folders == (("a1b2",),)
    host = made.body["HostConfig"]
    assert isinstance(host, dict)
    assert {"Privileged", "Devices", "ExtraHosts"}.isdisjoint(host)
    assert "ExposedPorts" not in made.body
    assert host["Memory"] == 1 << 30


def test_a_builder() -> None:
    """The base image's own user makes the data of an image."""
    base: dict[str, Json] = {"Image": "postgres:18", "User": "postgres"}
    assert checked(changed(lambda body, _: body.update(base))).image == "postgres:18"


def test_mounts_do_as_well_as_binds() -> None:
    mount: Json = {
        "Type": "bind",
        "Source": f"{AT}/a1b2/sockets",
        "Target": "/run/ride",
        "ReadOnly": False,
        "BindOptions": {"Propagation": "rprivate"},
    }
    tmpfs: Json = {"Type": "tmpfs", "Target": "/data", "TmpfsOptions": {"SizeBytes": 1 << 28, "Mode": 448}}
    made = checked(changed(lambda _, host: host.update({"Binds": None, "Mounts": [mount, tmpfs]})))
    assert made.folders == (("a1b2", "sockets"),)


ATTACKS: dict[str, dict[str, Json]] = {
    "privileged": {"Privileged": True},
    "privileged in another case": {"privileged": True},
    "privileged in yet another": {"PRIVILEGED": True},
    "binds as Go folds its letters": {"Bindſ": ["/:/host"]},
    "privileged, but not as a bool": {"Privileged": 1},
    "a capability": {"CapAdd": ["SYS_ADMIN"]},
    "capabilities by their old name": {"Capabilities": ["all"]},
    "capabilities kept": {"CapDrop": ["NET_RAW"]},
    "no capability dropped": {"CapDrop": []},
    "a device": {"Devices": [{"PathOnHost": "/dev/sda", "PathInContainer": "/dev/sda"}]},
    "a device by request": {"DeviceRequests": [{"Count": -1}]},
    "a device's rule": {"DeviceCgroupRules": ["a *:* rwm"]},
    "the host's processes": {"PidMode": "host"},
    "another container's processes": {"PidMode": "container:abc"},
    "the host's network": {"NetworkMode": "host"},
    "any network": {"NetworkMode": "bridge"},
    "another container's network": {"NetworkMode": "container:ride-storage"},
    "the host's IPC": {"IpcMode": "host"},
    "the host's names": {"UTSMode": "host"},
    "the host's users": {"UsernsMode": "host"},
    "the host's cgroups": {"CgroupnsMode": "host"},
    "a cgroup": {"CgroupParent": "/system.slice"},
    "the whole host": {"Binds": ["/:/host"]},
    "the engine's socket": {"Binds": ["/var/run/docker.sock:/s"]},
    "all sandboxes' sockets": {"Binds": [f"{AT}:/run/ride"]},
    "all sandboxes' sockets with a slash": {"Binds": [f"{AT}/:/run/ride"]},
    "out of the volume": {"Binds": [f"{AT}/../../../../../:/host"]},
    "out of the volume later": {"Binds": [f"{AT}/a1b2/..:/x"]},
    "beside the volume": {"Binds": [f"{AT}2/a1b2:/x"]},
    "another volume by name": {"Binds": ["ride-storage:/x"]},
    "a shared mount": {"Binds": [f"{AT}/a1b2:/run/ride:rw,shared"]},
    "over proc": {"Binds": [f"{AT}/a1b2:/proc/sys"]},
    "the whole host by a mount": {"Mounts": [{"Type": "bind", "Source": "/", "Target": "/host"}]},
    "a volume by a mount": {"Mounts": [{"Type": "volume", "Source": "ride-storage", "Target": "/x"}]},
    "a volume's driver": {
        "Mounts": [
            {
                "Type": "volume",
                "Source": "x",
                "Target": "/x",
                "VolumeOptions": {"DriverConfig": {"Options": {"type": "none", "o": "bind", "device": "/"}}},
            }
        ]
    },
    "a mount in another case": {
        "Mounts": [{"type": "bind", "source": "/", "Type": "tmpfs", "Target": "/x"}],
    },
    "a bind as tmpfs": {"Mounts": [{"Type": "tmpfs", "Source": "/", "Target": "/x"}]},
    "mounts twice over": {"mounts": [{"Type": "bind", "Source": "/", "Target": "/host"}]},
    "tmpfs with more in its options": {"Tmpfs": {"/x": "size=1m,mpol=bind:0"}},
    "tmpfs over proc": {"Tmpfs": {"/proc/sys": ""}},
    "others' volumes": {"VolumesFrom": ["ride-storage"]},
    "a volume's driver for all": {"VolumeDriver": "x"},
    "no seccomp": {"SecurityOpt": ["no-new-privileges", "seccomp=unconfined"]},
    "no AppArmor": {"SecurityOpt": ["apparmor=unconfined"]},
    "new privileges": {"SecurityOpt": ["no-new-privileges:false"]},
    "nothing against new privileges": {"SecurityOpt": []},
    "another runtime": {"Runtime": "io.containerd.runc.v2"},
    "nothing masked": {"MaskedPaths": ["/x"]},
    "nothing read-only": {"ReadonlyPaths": ["/x"]},
    "a kernel setting": {"Sysctls": {"kernel.core_pattern": "|/x"}},
    "a group": {"GroupAdd": ["docker"]},
    "a published port": {"PortBindings": {"5432/tcp": [{"HostPort": "5432"}]}},
    "all ports published": {"PublishAllPorts": True},
    "a link": {"Links": ["ride-storage:x"]},
    "a name for an address": {"ExtraHosts": ["slack.com:127.0.0.1"]},
    "a server for names": {"Dns": ["192.0.2.1"]},
    "a restart": {"RestartPolicy": {"Name": "always"}},
    "a log somewhere else": {
        "LogConfig": {"Type": "syslog", "Config": {"syslog-address": "tcp://192.0.2.1"}}
    },
    "a log's other option": {"LogConfig": {"Type": "json-file", "Config": {"env-regex": ".*"}}},
    "a file of the container's id": {"ContainerIDFile": "/etc/cron.d/x"},
    "no memory limit": {"Memory": 0},
    "swap without end": {"MemorySwap": -1},
    "memory as text": {"Memory": "1"},
    "memory as truth": {"Memory": True},
    "processes without end": {"PidsLimit": -1},
    "processes uncounted": {"PidsLimit": None},
    "last to be killed": {"OomScoreAdj": -1000},
    "never to be killed": {"OomKillDisable": True},
    "storage without end": {"StorageOpt": {"size": "1T"}},
    "what nobody knows yet": {"FutureOption": "on"},
}


@pytest.mark.parametrize("host", ATTACKS.values(), ids=ATTACKS)
def test_an_attack_by_the_host_config(host: dict[str, Json]) -> None:
    with pytest.raises(RefusedError):
        checked(changed(lambda _, config: config.update(host)))


OTHERS: dict[str, dict[str, Json]] = {
    "another image": {"Image": "alpine"},
    "an image of a name like ours": {"Image": "ride-sandbox-2/x:1"},
    "an image without a tag": {"Image": "ride-sandbox/x"},
    "the base with another tag": {"Image": "postgres:latest"},
    "root": {"User": "root"},
    "root by number": {"User": "0"},
    "root's group": {"User": "60777:0"},
    "another group": {"User": "60777:998"},
    "the image's own user": {"User": ""},
    "a user by the name that a made image gives it": {"User": "postgres"},
    "no label": {"Labels": {}},
    "another's label": {"Labels": {"com.docker.compose.project": "ride"}},
    "another's label beside ours": {"Labels": {"ride.sandbox": "a", "com.docker.compose.service": "bot"}},
    "volumes": {"Volumes": {"/x": {}}},
    "a network": {"NetworkingConfig": {"EndpointsConfig": {"bridge": {}}}},
    "a health check": {"Healthcheck": {"Test": ["CMD", "x"]}},
    "a shell": {"Shell": ["/bin/sh"]},
    "something on build": {"OnBuild": ["USER root"]},
    "a second host config": {"hostconfig": {"Privileged": True}},
    "no host config": {"HostConfig": None},
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_an_attack_by_the_rest(change: dict[str, Json]) -> None:
    with pytest.raises(RefusedError):
        checked(changed(lambda body, _: body.update(change)))


@pytest.mark.parametrize("name", ["CapDrop", "SecurityOpt", "NetworkMode", "Memory", "PidsLimit"])
def test_what_must_be_said(name: str) -> None:
    """Left out, the engine takes its own default."""
    with pytest.raises(RefusedError, match=name):
        checked(changed(lambda _, host: host.pop(name)))


@pytest.mark.parametrize("name", ["Image", "User", "Labels"])
def test_what_else_must_be_said(name: str) -> None:
    with pytest.raises(RefusedError, match=name):
        checked(changed(lambda body, _: body.pop(name)))


@pytest.mark.parametrize(
    "body",
    [
        b'{"HostConfig": {"NetworkMode": "none", "NetworkMode": "host"}}',
        b'{"HostConfig": {}, "HostConfig": {"Privileged": true}}',
        b'{"HostConfig": {"Memory": 1, "memory": 0}}',
        b'{"HostConfig": {}, "\\u0048ostConfig": {}}',
        b'{"x": NaN}',
        b'{"x": 1} {"Privileged": true}',
        b"[" * 100_000,
        b"[]",
        b"null",
        b"",
        b"\xff\xfe{}",
        b"not json",
    ],
)
def test_a_body_that_two_could_read_differently(body: bytes) -> None:
    with pytest.raises(RefusedError):
        documents.read(body)
