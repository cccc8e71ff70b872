"""A sandbox as a service of a swarm, on a network that nobody else is on but we ourselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from docker import DockerClient
from docker.types import (
    ContainerSpec,
    DNSConfig,
    DriverConfig,
    EndpointSpec,
    Mount,
    NetworkAttachmentConfig,
    Placement,
    Privileges,
    Resources,
    RestartPolicy,
    ServiceMode,
    TaskTemplate,
)

STOP_SECONDS = 5
NOWHERE = "127.0.0.1"
"""Asked for names: the container itself, where nobody answers. A query for a name is a way out, too."""
SHARED_FOLDER_MODE = 0o1777


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A service that is wanted, of one task."""

    image: str
    """The image's id, which each machine must have, or its digest in a registry, where they fetch it."""
    labels: Mapping[str, str]
    environment: Mapping[str, str]
    user: str
    tmpfs: Mapping[str, int]
    """Folders to write in, and how many bytes fit; these count as memory."""
    memory: int
    """Bytes at most."""
    cpus: float
    """Processors' time at most."""
    reserve_memory: int
    """Bytes that are set aside for it on its machine."""
    reserve_cpus: float
    processes: int
    constraints: Sequence[str]
    """Where it may run, as `docker service create --constraint` takes them."""
    encrypted: bool


def make_network(client: DockerClient, name: str, order: Order) -> str:
    """The network; gives its id. Internal: it leads nowhere, neither out nor to the machines."""
    made = client.api.create_network(
        name,
        driver="overlay",
        internal=True,
        attachable=True,
        options={"encrypted": ""} if order.encrypted else None,
        labels=dict(order.labels),
    )
    return str(made["Id"])


def make_service(client: DockerClient, name: str, order: Order, network: str) -> str:
    """The service; gives its id."""
    made = client.api.create_service(  # type: ignore[no-untyped-call]
        TaskTemplate(
            _container(order),
            resources=_resources(order),
            restart_policy=RestartPolicy(condition="none"),
            placement=Placement(constraints=list(order.constraints)),
            log_driver=DriverConfig("json-file", options={"max-size": "1m", "max-file": "1"}),
            networks=[NetworkAttachmentConfig(network)],
        ),
        name=name,
        labels=dict(order.labels),
        mode=ServiceMode("replicated", replicas=1),
        # Reached by its own address: no name and no virtual one is needed.
        endpoint_spec=EndpointSpec(mode="dnsrr"),
    )
    return str(made["ID"])


def _container(order: Order) -> ContainerSpec:
    privileges = Privileges()
    # From Engine 25 on; older ones overlook it (docs/scale.md says what to set there).
    privileges["NoNewPrivileges"] = True
    return ContainerSpec(
        order.image,
        env=dict(order.environment),
        user=order.user,
        labels=dict(order.labels),
        mounts=[
            Mount(folder, None, type="tmpfs", tmpfs_size=size, tmpfs_mode=SHARED_FOLDER_MODE)
            for folder, size in order.tmpfs.items()
        ],
        read_only=True,
        cap_drop=["ALL"],
        privileges=privileges,
        dns_config=DNSConfig(nameservers=[NOWHERE]),
        stop_grace_period=STOP_SECONDS * 1_000_000_000,
        init=False,
    )


def _resources(order: Order) -> Resources:
    resources = Resources(
        cpu_limit=_nano(order.cpus),
        mem_limit=order.memory,
        cpu_reservation=_nano(order.reserve_cpus),
        mem_reservation=order.reserve_memory,
    )
    resources["Limits"]["Pids"] = order.processes
    return resources


def _nano(cpus: float) -> int:
    return round(cpus * 1_000_000_000)
