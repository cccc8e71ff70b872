"""What a message looks like in the page."""

import pytest
from playwright.async_api import Page

from tests.acceptance.page_fixtures import OpenPage
from tests.acceptance.page_stage import Stage, text_file

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVIL = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
EVIL_ESCAPED = EVIL.replace("<", "&lt;").replace(">", "&gt;")


async def shown(page: Page) -> str:
    return str(await page.locator("#log article .text").last.evaluate("node => node.innerHTML"))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _it_ ~no~ `c*o*de`", "<strong>bold</strong> <em>it</em> <s>no</s> <code>c*o*de</code>"),
        ("*a _b_*", "<strong>a <em>b</em></strong>"),
        ("snake_case_name 2*3*4 a~b~c", "snake_case_name 2*3*4 a~b~c"),
        ("* not bold *", "* not bold *"),
        ("*open", "*open"),
        ("a &lt;b&gt; &amp;amp; c", "a &lt;b&gt; &amp;amp; c"),
        ("one\ntwo", "one<br>two"),
        ("&gt; a\n&gt; b\nc", "<blockquote>a<br>b</blockquote>c"),
        ("x\n&gt;&gt;&gt; a\nb", "x<blockquote>a<br>b</blockquote>"),
        (":nonsense: 12:30:45", ":nonsense: 12:30:45"),
        ("<javascript:alert(1)|here>", "&lt;javascript:alert(1)|here&gt;"),
        ("<!channel>", '<span class="mention mine">@channel</span>'),
        ("<@U1>", '<span class="mention mine" title="On call" data-user="U1">@mira</span>'),
        ("<@U2>", '<span class="mention" title="Backend" data-user="U2">@tomas</span>'),
        ("<!subteam^S1>", '<span class="mention mine" title="On duty">@duty</span>'),
        ("<!subteam^S9|@gone>", '<span class="mention">@gone</span>'),
        ("<#C2>", '<a class="mention" href="/page/U1/C2" data-channel="C2">#incidents</a>'),
        (
            "<https://example.com/?a=1&amp;b=2|docs> https://example.com/x.",
            '<a href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">docs</a> '
            '<a href="https://example.com/x" target="_blank" rel="noopener noreferrer">https://example.com/x</a>.',
        ),
        ("<!date^1795472000^{date_num} {time}|then>", "<time>2026-11-23 23:13</time>"),
        (
            ":rotating_light: ok",
            '<img class="emoji" title=":rotating_light:" src="/static/emoji.svg#siren" alt="🚨"> ok',
        ),
    ],
)
async def test_mrkdwn(stage: Stage, open_page: OpenPage, text: str, html: str) -> None:
    stage.say("C1", "U2", text)
    page = await open_page("/page/U1/C1")
    assert await shown(page) == html


async def test_fenced_code_keeps_every_character(stage: Stage, open_page: OpenPage) -> None:
    stage.say("C1", "U2", "see\n```\n*a* | _b_ &lt;c&gt; :fire:\n  indented\n```\nafter")
    page = await open_page("/page/U1/C1")
    assert await page.locator("#log pre").inner_text() == "*a* | _b_ <c> :fire:\n  indented"
    assert (await shown(page)).endswith("</pre>after")


async def test_content_is_never_markup(stage: Stage, open_page: OpenPage) -> None:
    text = {"type": "mrkdwn", "text": EVIL}
    plain = {"type": "plain_text", "text": EVIL}
    blocks: list[dict[str, object]] = [
        {"type": "header", "text": plain},
        {
            "type": "section",
            "text": text,
            "fields": [text, plain],
            "accessory": {"type": "button", "action_id": "a", "text": plain},
        },
        {"type": "context", "elements": [text]},
        {
            "type": "actions",
            "elements": [{"type": "button", "action_id": "b", "text": plain, "url": "javascript:alert(1)"}],
        },
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": EVIL},
                        {"type": "link", "url": "javascript:alert(1)", "text": EVIL},
                    ],
                },
                {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": EVIL}]},
            ],
        },
        {
            "type": "table",
            "rows": [[{"type": "raw_text", "text": EVIL}], [{"type": "raw_text", "text": EVIL}]],
        },
        {"type": EVIL},
    ]
    stage.describe("C1", EVIL)
    file = text_file(EVIL, EVIL, EVIL)
    stage.say("C1", "U2", EVIL)
    stage.say("C1", "U2", EVIL_ESCAPED)
    stage.pin("C1", stage.say("C1", "UBOT", "", blocks=blocks, username=EVIL, reactions={EVIL: [EVIL]}))
    stage.say("C1", "UBOT", f"```{EVIL}``` `{EVIL}` *{EVIL}*", files=[file])
    page = await open_page("/page/U1/C1")
    await page.wait_for_selector("#log .file")
    await page.locator(".pins summary").click()
    assert "owned" not in await page.title()
    assert await page.locator("#main script, #main img:not(.emoji)").count() == 0
    assert await page.locator('[href^="javascript"]').count() == 0
    attributes = "[...document.querySelectorAll('*')].flatMap(node => node.getAttributeNames())"
    assert not [name for name in await page.evaluate(attributes) if name.startswith("on")]
    # Nothing was dropped either: the text is there, as text.
    assert await page.get_by_text(EVIL).count() >= 8


async def test_wide_characters_keep_a_tables_columns_in_line(stage: Stage, open_page: OpenPage) -> None:
    # Each row is as wide as a terminal would draw it: a CJK character and an emoji take two columns.
    stage.say("C1", "U2", "```\n| plain   | end\n| 配送 🚚 | end\n| ⚠️ é    | end\n```")
    page = await open_page("/page/U1/C1")
    lefts = await page.locator("#log pre code").evaluate(
        """code => {
          const range = document.createRange();
          const found = [];
          for (const node of code.childNodes) {
            if (node.nodeType !== Node.TEXT_NODE) continue;
            for (const match of node.data.matchAll(/end/g)) {
              range.setStart(node, match.index);
              range.setEnd(node, match.index + 3);
              found.push(range.getBoundingClientRect().left);
            }
          }
          return found;
        }"""
    )
    assert len(lefts) == 3
    assert max(lefts) - min(lefts) < 1


async def test_a_wide_result_scrolls_inside_its_message(stage: Stage, open_page: OpenPage) -> None:
    stage.say("C1", "U2", "```" + "x" * 600 + "```")
    page = await open_page("/page/U1/C1", width=400, height=800, touch=True)
    pre = page.locator("#log pre")
    assert await pre.evaluate("node => node.scrollWidth > node.clientWidth")
    assert await page.evaluate("document.documentElement.scrollWidth") == 400
    await pre.focus()
    assert await pre.evaluate("node => document.activeElement === node")


async def test_only_their_own_ephemeral_and_marked_so(stage: Stage, open_page: OpenPage) -> None:
    stage.say("C1", "UBOT", "for Mira alone", to="U1")
    mira = await open_page("/page/U1/C1")
    tomas = await open_page("/page/U2/C1")
    assert "Only visible to you" in await mira.locator("#log article").inner_text()
    assert await tomas.locator("#log article").count() == 0


async def test_a_topic_is_plain_text(stage: Stage, open_page: OpenPage) -> None:
    stage.channel("C7", "drills", topic=":fire: *On* `fire` <!channel> & <@U1>")
    page = await open_page("/page/U1/C7")
    header = page.locator(".channel-header .topic")
    assert "*On* `fire` <!channel> & <@U1>" in await header.inner_text()
    assert await header.locator("strong, code, .mention").count() == 0


async def test_groups_days_system_edited_and_pinned(stage: Stage, open_page: OpenPage) -> None:
    day = 1_795_000_000.0
    stage.say("C1", "U2", "first", at=day)
    stage.say("C1", "U2", "second", at=day + 60, edited=True)
    stage.say("C1", "U2", "<@U2> set the topic", at=day + 70, subtype="channel_topic")
    stage.pin("C1", stage.say("C1", "U2", "next day", at=day + 86_400))
    page = await open_page("/page/U1/C1")
    await page.wait_for_selector("#log article.pinned")
    assert await page.locator("#log .divider.day").count() == 2
    assert await page.locator("#log article.grouped").count() == 1
    assert "(edited)" in await page.locator("#log article.grouped").inner_text()
    assert await page.locator("#log article.system").inner_text() == "@tomas set the topic\n12:07"
    await page.locator(".pins summary").click()
    await page.locator(".pins li button").click()
    assert "pinned" in await page.evaluate("document.activeElement.className")


async def test_block_kit_table_and_rich_text(stage: Stage, open_page: OpenPage) -> None:
    rows = [["Dimension", "Points"], ["Detect", "40"]]
    section = {
        "type": "rich_text_section",
        "elements": [
            {"type": "text", "text": "bold", "style": {"bold": True}},
            {"type": "user", "user_id": "U2"},
            {"type": "emoji", "name": "white_check_mark"},
        ],
    }
    stage.say(
        "C1",
        "UBOT",
        "",
        blocks=[
            {
                "type": "table",
                "column_settings": [{}, {"align": "right"}],
                "rows": [[{"type": "raw_text", "text": cell} for cell in row] for row in rows],
            },
            {
                "type": "rich_text",
                "elements": [
                    section,
                    {"type": "rich_text_list", "style": "ordered", "elements": [section, section]},
                    {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
                ],
            },
        ],
    )
    page = await open_page("/page/U1/C1")
    assert await page.locator("#log th").all_inner_texts() == ["Dimension", "Points"]
    assert await page.locator("#log td.right").inner_text() == "40"
    assert await page.locator("#log ol li strong").all_inner_texts() == ["bold", "bold"]
    assert await page.locator("#log .rich-section img[alt='✅']").count() == 3
    assert await page.locator("#log blockquote").inner_text() == "quoted"


async def test_a_file_has_a_preview_and_opens(stage: Stage, open_page: OpenPage) -> None:
    file = text_file("result.txt", "The whole result", "a | b")
    stage.say("C1", "UBOT", "", files=[file])
    page = await open_page("/page/U1/C1")
    assert await page.locator(".file-name").inner_text() == "The whole result\nresult.txt · text · 5 bytes"
    assert await page.locator(".file pre").inner_text() == "a | b"
    assert (
        await page.get_by_role("link", name="Open The whole result").get_attribute("href")
        == f"/control/users/U1/files/{file.id}"
    )
