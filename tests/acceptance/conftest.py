from tests.acceptance.page_fixtures import address, chromium, open_page, stage

__all__ = ["address", "chromium", "open_page", "stage"]
