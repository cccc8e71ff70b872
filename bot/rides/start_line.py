"""stub"""

from datetime import datetime, timedelta


class StartLine:
    async def open(self, at: datetime, patience: timedelta) -> None: ...
