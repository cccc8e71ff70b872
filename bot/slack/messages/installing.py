"""What people are told where Ride is not installed."""


def not_installed() -> str:
    """Bolt's answer to a request from a workspace that Ride isn't in, for the one who asked alone."""
    return (
        "Ride is not installed in this workspace, or not any more. "
        "Please ask whoever runs Ride for you to install it here."
    )
