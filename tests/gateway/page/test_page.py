"""The live page in a real browser."""

from random import SystemRandom

import pytest
from playwright.async_api import Locator, Page, expect

from deploy.ports import choose_port
from gateway.access.identity import Scope
from tests.gateway.gateway_world import GatewayWorld, serving, settings_of
from tests.gateway.page.audit import audit, too_wide
from tests.gateway.page.conftest import Enter
from tests.gateway.page.scene import Scene

pytestmark = pytest.mark.servers

PHONE = {"width": 360, "height": 740}
MANY_KEYS = 40


def card_of(page: Page, incident: str) -> Locator:
    heading = page.get_by_role("heading", name=f"OLT {incident}", exact=False)
    return page.get_by_role("listitem").filter(has=heading)


async def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus."""
    for _ in range(MANY_KEYS):
        if await wanted.evaluate_all("(all) => all.includes(document.activeElement)"):
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"{wanted} is not reached by the Tab key")


async def test_an_incident_appears_and_goes_by_itself(
    enter: Enter, scene: Scene, tokens: dict[str, str]
) -> None:
    page = (await enter(tokens["viewer"])).page
    await expect(page.get_by_text("Không có sự cố: mọi thứ tốt.")).to_be_visible()

    await scene.outage("x1", scene.villages(0))

    await expect(card_of(page, "x1")).to_contain_text("nghiêm trọng")
    await expect(card_of(page, "x1")).to_contain_text("9 thôn")
    await expect(page.get_by_role("row", name="Phường Tuy Hoà")).to_contain_text("9 mất dịch vụ")
    await expect(page.get_by_role("button", name="Phường Tuy Hoà: mất dịch vụ")).to_be_visible()
    broadband = page.get_by_role("listitem").filter(has_text="Thôn, buôn có băng rộng")
    await expect(broadband).to_contain_text("công bố: 100 %")
    await expect(broadband).to_contain_text("thấp hơn công bố")
    await expect(page.get_by_role("log")).to_contain_text("Sự cố mới: Mất kết nối: OLT x1")
    # Whoever only looks is not shown what they may not do.
    await expect(page.get_by_role("button", name="Nhận xử lý")).to_have_count(0)
    await scene.over("x1")
    await expect(card_of(page, "x1")).to_have_count(0)
    await expect(broadband).to_contain_text("đạt công bố")


async def test_an_operator_takes_an_incident_on_by_a_click(
    enter: Enter, scene: Scene, province: GatewayWorld, tokens: dict[str, str]
) -> None:
    await scene.outage("x2", scene.villages(1))
    page = (await enter(tokens["operator"])).page

    await card_of(page, "x2").get_by_role("button", name="Nhận xử lý: Mất kết nối").click()

    await expect(card_of(page, "x2")).to_contain_text("Hà đã nhận xử lý")
    await expect(card_of(page, "x2").get_by_role("button")).to_have_count(0)
    by = await province.rows("SELECT acknowledged_by FROM incidents WHERE incident_id = 'x2'")
    assert by == [("Hà",)]


async def test_everything_can_be_done_by_keyboard(
    enter: Enter, scene: Scene, tokens: dict[str, str]
) -> None:
    await scene.outage("x3", scene.villages(0))
    await scene.outage("x4", scene.villages(1))
    page = (await enter(tokens["operator"])).page
    await expect(card_of(page, "x4")).to_be_visible()

    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Đến danh sách sự cố")).to_be_focused()
    await page.keyboard.press("Enter")
    await tab_to(page, card_of(page, "x3").get_by_role("button"))
    await page.keyboard.press("Enter")
    await expect(card_of(page, "x3")).to_contain_text("Hà đã nhận xử lý")
    await expect(card_of(page, "x3").get_by_role("link")).to_be_focused()

    await tab_to(page, page.locator("#map svg path"))
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_role("button", name="Phường Bình Kiến")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Chỉ của Phường Bình Kiến")).to_be_visible()
    await expect(card_of(page, "x3")).to_have_count(0)
    await page.go_back()
    await expect(card_of(page, "x3")).to_be_visible()


async def test_an_incident_has_an_address_with_its_story(
    enter: Enter, scene: Scene, tokens: dict[str, str]
) -> None:
    await scene.outage("x5", scene.villages(0)[:2])
    page = (await enter(tokens["operator"], "/?incident=x5", viewport=PHONE)).page

    story = page.get_by_role("region", name="Diễn biến sự cố: Mất kết nối: OLT x5")
    await expect(story.get_by_role("row", name="bộ luật")).to_contain_text("phát hiện")
    await expect(story).to_contain_text("3 thiết bị cùng mất tín hiệu, điểm 8,4")
    await expect(story).to_contain_text("Báo nhà mạng.")
    await expect(story.get_by_role("row", name=scene.villages(0)[0].name)).to_be_visible()
    assert await too_wide(page) <= 0
    assert await audit(page) == []
    await card_of(page, "x5").get_by_role("button").click()
    await expect(story.get_by_role("row", name="đã nhận xử lý")).to_contain_text("Hà")
    await story.get_by_role("link").click()
    await expect(story).to_have_count(0)


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}])
async def test_it_fits_and_can_be_read_by_all_in_both_languages(
    enter: Enter, scene: Scene, tokens: dict[str, str], viewport: dict[str, int]
) -> None:
    name = f"wide{viewport['width']}"
    await scene.outage(name, [*scene.villages(0), *scene.villages(2)])
    page = (await enter(tokens["operator"], viewport=viewport, reduced_motion="reduce")).page
    await expect(card_of(page, name)).to_be_visible()
    assert (await too_wide(page), await audit(page)) == (0, [])

    await page.get_by_role("button", name="English").click()
    await page.reload()

    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.get_by_role("heading", name="Open incidents")).to_be_visible()
    await expect(card_of(page, name)).to_contain_text("Tuy Hoà ward")
    await expect(page.get_by_role("row", name="Tuy Hoà ward")).to_contain_text("9 dark")
    assert (await too_wide(page), await audit(page)) == (0, [])


async def test_an_official_sees_their_commune_alone(
    enter: Enter, scene: Scene, tokens: dict[str, str]
) -> None:
    await scene.outage("x7", scene.villages(0))
    await scene.outage("x8", scene.villages(1))
    await scene.outage("x9", [scene.villages(0)[0], scene.villages(1)[0]])
    page = (await enter(tokens["official"])).page

    await expect(card_of(page, "x8").get_by_role("button", name="Nhận xử lý")).to_be_visible()
    incidents = page.get_by_role("region", name="Sự cố đang mở")
    # Of what reaches beyond the commune neither name nor button is theirs.
    await expect(incidents.get_by_role("listitem")).to_have_count(2)
    await expect(incidents.get_by_role("button")).to_have_count(1)
    await expect(page.locator("#map").get_by_role("button")).to_have_count(1)
    await expect(page.locator("#commune-rows").get_by_role("row")).to_have_count(1)
    assert "Tuy Hoà" not in await page.locator("body").inner_text()


async def test_it_says_when_it_is_not_live_and_comes_back_by_itself(
    enter: Enter, scene: Scene, province: GatewayWorld, tokens: dict[str, str]
) -> None:
    broker = province.broker_address_of("gateway")
    # One that nobody is lent while it is free.
    settings = settings_of(port=choose_port(SystemRandom()))
    async with serving(broker, province.login, settings) as gateway:
        await gateway.ready()
        url = gateway.url
        visitor = await enter(tokens["viewer"], url=url)
        page = visitor.page
        await expect(page.get_by_text("Trực tiếp, lúc")).to_be_visible()
    await expect(page.get_by_role("status")).to_contain_text("Không trực tiếp")
    await scene.outage("x10", scene.villages(1))

    async with serving(broker, province.login, settings):
        await expect(card_of(page, "x10")).to_be_visible()
        await expect(page.get_by_role("status")).to_be_empty()
        # A browser complains of every answer that it cannot get.
        cut = [each for each in visitor.complaints if "Failed to load resource" in each]
        assert cut == visitor.complaints
        visitor.complaints.clear()
        await visitor.context.close()


async def test_whoever_may_look_no_longer_is_told_so(enter: Enter, scene: Scene) -> None:
    visitor = await enter(await scene.token("guest", Scope.VIEWER))
    page = visitor.page
    await expect(page.get_by_text("Trực tiếp, lúc")).to_be_visible()

    await scene.revoke("guest")

    await expect(page.get_by_role("status")).to_contain_text("Bạn đã bị đăng xuất")
    await expect(page.get_by_role("link", name="Đăng nhập")).to_be_visible()
    assert all("401" in each for each in visitor.complaints)
    visitor.complaints.clear()
