"""JSON as it goes over the wire: Slack's payloads are open-ended. What has a name has a class."""

from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
