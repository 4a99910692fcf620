"""The simulated phones, as people see and use them: docs/simulator.md."""
import json
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from support.looks import axe, fits, screenshot

BUSINESS = "15550783881"

#: As a phone is held, and beside a page on a desk.
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def digits(number):
    return number.removeprefix("+")


def start_login(page, demo, **fields):
    reply = page.request.post(f"{demo.url}/api/auth/initiate", data=fields)
    assert reply.status == 200, reply.text()
    return reply.json()["data"]


def claim(page, demo, login):
    return page.request.post(f"{demo.url}/api/auth/claim", data={"sessionId": login["sessionId"]}).status


def add_phone(demo):
    number = demo.new_number()
    demo.simulator.call("POST", "/simulator/add", {"phone": digits(number)})
    return number


def open_chat(page, demo, number):
    page.goto(f"{demo.phone_url}/#{digits(number)}")
    expect(page.locator("#own-number")).to_contain_text(number[-4:])


def row(page, number):
    return page.locator(f"li[data-phone='{digits(number)}']")


def faults_of(demo):
    return demo.simulator.call("GET", "/simulator/faults")


# Chats


def test_a_tap_signs_in_and_leaves_a_bubble_with_ticks(page, demo):
    number = demo.new_number()
    login = start_login(page, demo, phoneNumber=number)
    open_chat(page, demo, number)
    prompt = page.locator("article.in")
    prompt.get_by_role("button", name="Confirm").click()
    answer = page.locator("article.out[data-kind=tap]")
    expect(answer.locator(".text")).to_have_text("Confirm")
    expect(answer.locator("blockquote")).to_contain_text("Sign in to OTPless Demo?")
    expect(answer.get_by_role("img", name="Delivered")).to_be_visible()
    expect(prompt.get_by_role("button", name="Deny")).to_be_disabled()
    assert claim(page, demo, login) == 200
    axe(page)


def test_a_person_types_and_sends_with_the_keyboard(page, demo):
    open_chat(page, demo, add_phone(demo))
    page.locator("#text").focus()
    page.keyboard.type("One *bold* line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("and another")
    page.keyboard.press("Enter")
    bubble = page.locator("article.out")
    expect(bubble.locator("strong")).to_have_text("bold")
    expect(bubble.locator(".text")).to_have_text("One bold line\nand another", use_inner_text=True)
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#text")).to_be_focused()


def test_what_comes_while_one_looks_on_is_typed_first(page, demo):
    number = add_phone(demo)
    page.clock.install()
    open_chat(page, demo, number)
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    start_login(page, demo, phoneNumber=number)
    expect(page.locator("#presence")).to_have_text("typing…")
    expect(page.locator("#typing")).to_be_visible()
    expect(page.locator("article")).to_have_count(0)
    page.clock.run_for(1000)
    expect(page.get_by_role("button", name="Confirm")).to_be_visible()
    expect(page.locator("#typing")).to_be_hidden()
    expect(page.locator("#presence")).to_have_text("online")


@pytest.mark.browsing(reduced_motion="reduce")
def test_nothing_is_typed_where_motion_is_not_wanted(page, demo):
    number = add_phone(demo)
    open_chat(page, demo, number)
    page.evaluate("""() => new MutationObserver(() => document.body.dataset.typed = "yes")
        .observe(document.getElementById("typing"), { attributes: true })""")
    start_login(page, demo, phoneNumber=number)
    expect(page.get_by_role("button", name="Confirm")).to_be_visible()
    assert page.evaluate("document.body.dataset.typed") is None


def test_a_message_that_is_held_back_has_a_clock(page, demo):
    number = add_phone(demo)
    demo.simulator.set_faults(batch=2)
    open_chat(page, demo, number)
    page.locator("#text").fill("Wait for me")
    page.locator("#send").click()
    tick = page.locator("article.out .tick").get_by_role("img")
    expect(tick).to_have_accessible_name("Being sent")
    demo.simulator.clear_faults()
    expect(tick).to_have_accessible_name("Delivered")


# Several phones


@pytest.mark.browsing(viewport=WIDE)
def test_messages_come_to_several_phones_at_once(page, demo):
    first, second = add_phone(demo), add_phone(demo)
    open_chat(page, demo, first)
    start_login(page, demo, phoneNumber=second)
    expect(row(page, second).get_by_role("img", name="1 unread")).to_be_visible()
    expect(page.locator("#own-number")).to_contain_text(first[-4:])
    row(page, second).get_by_role("link").click()
    expect(page.get_by_role("button", name="Confirm")).to_be_visible()
    expect(row(page, second).locator("[aria-current=true]")).to_be_visible()
    expect(row(page, second).locator(".badge")).to_be_hidden()


@pytest.mark.browsing(viewport=NARROW)
def test_a_narrow_screen_shows_the_list_or_a_chat(page, demo):
    first, second = add_phone(demo), add_phone(demo)
    start_login(page, demo, phoneNumber=second)
    open_chat(page, demo, first)
    expect(page.locator("#phones")).to_be_hidden()
    page.locator("#back").click()
    expect(page.locator("#device")).to_be_hidden()
    row(page, second).get_by_role("link").click()
    expect(page.get_by_role("button", name="Confirm")).to_be_visible()
    page.go_back()
    expect(page.locator("#phones")).to_be_visible()


@pytest.mark.browsing(viewport=WIDE)
def test_a_phone_is_added_by_its_number(page, demo):
    page.goto(demo.phone_url)
    page.get_by_label("Add a phone").fill("650 555 0142")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("#add-notice")).to_contain_text("begins with +")
    number = demo.new_number()
    page.get_by_label("Add a phone").fill(f"00{number[1:4]} {number[4:]}")
    page.get_by_role("button", name="Add").click()
    expect(row(page, number)).to_be_visible()
    expect(page.locator("#own-number")).to_contain_text(number[-4:])
    expect(page.locator("#empty")).to_contain_text("No messages yet")


# Link messages


def link_address(demo, login):
    return f"{demo.phone_url}/{BUSINESS}?{urlsplit(login['link']).query}"


def test_a_link_login_goes_through_the_phone(page, demo):
    login = start_login(page, demo, method="link")
    number = demo.new_number()
    page.goto(link_address(demo, login))
    expect(page.locator("#text")).to_have_value(f"Sign me in to OTPless Demo in my browser: {login['code']}. "
                                                "Do not send this if somebody gave you the link.")
    page.get_by_label("Send as", exact=True).select_option("new")
    page.get_by_label("Number to send as").fill("not a number")
    page.locator("#send").click()
    expect(page.locator("#notice")).to_contain_text("begins with +")
    assert claim(page, demo, login) == 202
    page.get_by_label("Number to send as").fill(number)
    page.locator("#send").click()
    expect(page.locator("article.out").get_by_role("img", name="Delivered")).to_be_visible()
    assert claim(page, demo, login) == 200
    expect(page).to_have_url(f"{demo.phone_url}/#{digits(number)}")
    expect(page.locator("#send-as")).to_be_hidden()


def test_a_link_message_is_sent_by_a_phone_that_is_there(page, demo):
    number, _ = add_phone(demo), add_phone(demo)
    login = start_login(page, demo, method="link", phoneNumber=number)
    page.goto(link_address(demo, login))
    page.get_by_label("Send as", exact=True).select_option(digits(number))
    page.locator("#send").click()
    expect(page.locator("article.out").get_by_role("img", name="Delivered")).to_be_visible()
    assert claim(page, demo, login) == 200


@pytest.mark.parametrize("number", ["15550000000", "somewhere"])
def test_a_link_to_somebody_else_says_so(page, demo, number):
    page.goto(f"{demo.phone_url}/{number}?text=Hello")
    expect(page.locator("#trouble")).to_contain_text("In this demo there is only OTPless Demo, +1 555 078 3881.")
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#send-as")).to_be_hidden()
    below = page.locator("#trouble").bounding_box()
    for pane in page.locator("#phones:visible, #device:visible").all():
        assert pane.bounding_box()["y"] >= below["y"] + below["height"], "the warning is covered"


# What goes wrong


def forgive(demo, event):
    """The server may complain of what the test made go wrong, and of nothing else."""
    lines = demo.log.read_text().splitlines()
    assert lines and all(json.loads(line)["event"] == event for line in lines), lines
    demo.log.write_text("")


def open_faults(page):
    page.locator(".open-faults:visible").first.click()
    expect(page.locator("#faults")).to_be_visible()


@pytest.mark.browsing(viewport=WIDE)
def test_the_next_message_fails_and_the_one_after_it_arrives(page, demo):
    number = add_phone(demo)
    open_chat(page, demo, number)
    open_faults(page)
    page.get_by_label("What becomes of them").select_option("failure 131026")
    expect(page.locator("#standing")).to_contain_text("Taken, fails later: Not on WhatsApp (131026): the next message")
    assert faults_of(demo)["send"] == {"answer": "failure", "code": 131026, "arrives": False, "next": 1}
    start_login(page, demo, phoneNumber=number)
    expect(page.locator("#standing")).to_have_text("Nothing goes wrong.")
    expect(page.get_by_label("What becomes of them")).to_have_value("")
    start_login(page, demo, phoneNumber=number)
    expect(page.locator("article.in")).to_have_count(1)
    forgive(demo, "message not delivered")


@pytest.mark.browsing(viewport=WIDE)
def test_a_phone_declines_by_itself_and_others_do_not(page, demo):
    mine, other = add_phone(demo), add_phone(demo)
    open_chat(page, demo, mine)
    open_faults(page)
    page.locator("#one-phone input").check()
    page.get_by_label("Decline automatically").check()
    expect(page.locator("#standing")).to_contain_text("Declined automatically")
    declined = start_login(page, demo, phoneNumber=mine)
    pending = start_login(page, demo, phoneNumber=other)
    expect(page.locator("article.out[data-kind=tap] .text")).to_have_text("Deny")
    expect(page.locator("article.out").get_by_role("img", name="Delivered")).to_be_visible()
    assert claim(page, demo, declined) == 403
    assert claim(page, demo, pending) == 202
    page.locator("#rejoin").click()
    expect(page.locator("#standing")).to_have_text("Nothing goes wrong.")
    assert faults_of(demo)["phones"] == []


@pytest.mark.browsing(viewport=NARROW)
def test_all_faults_are_set_and_taken_back(page, demo):
    open_chat(page, demo, add_phone(demo))
    open_faults(page)
    usual = faults_of(demo)
    page.get_by_label("Confirm automatically").check()
    page.get_by_label("When anything but a template may be sent").select_option("closed")
    numbers = {"WhatsApp’s answer takes, in ms": "200", "Held back for, in ms": "300", "Each comes this often": "2",
               "Updates in each": "4"}
    for label, value in numbers.items():
        page.get_by_label(label).fill(value)
        page.get_by_label(label).blur()
        expect(page.locator("#standing li")).to_have_count(3 + list(numbers).index(label))
    boxes = ["Such a message is taken", "In reversed order", "Before the answer", "hides its number", "do not name",
             "Without contacts", "read"]
    for label in boxes:
        page.get_by_role("checkbox", name=label).check()
        expect(page.locator("#standing li")).to_have_count(7 + boxes.index(label))
    expected = {"answers": "confirm", "window": "closed", "answerDelay": 200, "webhookDelay": 300, "copies": 2, "batch": 4,
                "windowFailsLater": True, "reversed": True, "beforeAnswer": True, "hidesNumber": True, "omitsContext": True,
                "omitsContacts": True, "statuses": ["sent", "delivered", "failed"]}
    assert faults_of(demo) == usual | expected
    axe(page)
    page.get_by_role("button", name="Make everything work again").click()
    expect(page.locator("#standing")).to_have_text("Nothing goes wrong.")
    assert faults_of(demo) == usual
    page.keyboard.press("Escape")
    expect(page.locator("#faults")).to_be_hidden()
    expect(page.locator("#device .open-faults")).to_be_focused()


@pytest.mark.browsing(viewport=WIDE)
def test_the_panel_shows_what_a_script_has_set_and_why_a_value_is_refused(page, demo):
    open_chat(page, demo, add_phone(demo))
    open_faults(page)
    demo.simulator.set_faults(send={"answer": "error", "code": 368}, reversed=True)
    expect(page.locator("#device .fault-count")).to_have_text("2")
    expect(page.get_by_label("What becomes of them")).to_have_value("error 368")
    expect(page.get_by_label("How often")).to_have_value("")
    watch = page.context.watch
    watch.expect("400 .*simulator/faults")
    page.get_by_label("Each comes this often").fill("101")
    page.get_by_label("Each comes this often").blur()
    expect(page.locator("#fault-notice")).to_contain_text("copies must be an integer from 1 to 100")
    expect(page.get_by_label("Each comes this often")).to_have_value("1")
    assert faults_of(demo)["copies"] == 1


# Trouble, and looks


def test_a_simulator_that_is_away_is_missed_until_it_is_back(page, demo):
    page.context.watch.allow("ERR_INTERNET_DISCONNECTED|ERR_FAILED")
    number = add_phone(demo)
    open_chat(page, demo, number)
    page.route("**/simulator/state*", lambda route: route.abort())
    demo.simulator.call("POST", "/simulator/text", {"phone": digits(number), "text": "Is anybody there?"})
    expect(page.locator("#trouble")).to_contain_text("does not answer")
    page.unroute("**/simulator/state*")
    expect(page.locator("#trouble")).to_be_empty()
    expect(page.locator("article.out")).to_have_count(1)


def show_state(page, demo, state, address=""):
    """Shows the page a state that no demo has."""
    text = json.dumps(demo.simulator.state(phone="1") | {"version": 1_000_000} | state)

    def answer(route):
        if "after=" not in route.request.url:
            route.fulfill(body=text, content_type="application/json")

    page.route("**/simulator/state*", answer)
    page.route("**/simulator/read", lambda route: route.fulfill(json={}))
    page.goto(f"{demo.phone_url}/{address}")


def message(number, direction, body, **more):
    usual = {"kind": "text", "header": None, "footer": None, "buttons": [], "answered": None, "quoted": None,
             "reaction": None, "status": "delivered"}
    return usual | {"id": f"wamid.{number}", "direction": direction, "time": 1_760_000_000 + 40_000 * number, "body": body} | more


BUTTONS = [{"id": "0", "title": "Confirm"}, {"id": "1", "title": "Deny"}]
EVERYTHING = [
    message(0, "in", "*OTPless Demo*: is it you, with _Firefox_ on ~Windows~ Linux, at 09:30 UTC?", kind="template",
            header="Sign in", footer="Nobody asks you for this by phone.", buttons=BUTTONS, reaction="👍", answered="Confirm"),
    message(1, "out", "Confirm", kind="tap", quoted="wamid.0"),
    message(2, "out", "مرحبا، هل يمكنك مساعدتي في تسجيل الدخول؟", status="sent"),
    message(3, "out", "Me, at the sea", kind="image", status="sending"),
    message(4, "out", "+4930123456", kind="card", status="refused", refusal="503", quoted="wamid.gone"),
    message(5, "in", "We need your number to sign you in.", kind="contactRequest",
            buttons=[{"id": "share", "title": "Share phone number"}]),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_kind_of_bubble_is_legible(page, demo, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    show_state(page, demo, {"chatCount": 1, "chats": [{"phone": "16505550142", "activity": 1, "messages": EVERYTHING}]})
    expect(page.locator("article")).to_have_count(6)
    expect(page.locator(".day")).to_have_count(3)
    expect(page.get_by_role("img", name="Not taken by the business: 503")).to_be_visible()
    expect(page.get_by_role("button", name="Share phone number")).to_be_visible()
    axe(page)
    fits(page)
    screenshot(page, f"phone/bubbles-{width}-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_view_is_legible(page, demo, width, scheme):
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)

    def look(name):
        axe(page)
        fits(page)
        screenshot(page, f"phone/{name}-{width}-{scheme}")

    show_state(page, demo, {"chatCount": 0, "chats": []})
    expect(page.locator("#welcome")).to_be_visible()
    look("empty")
    page.unroute_all(behavior="ignoreErrors")
    number = demo.new_number()
    start_login(page, demo, phoneNumber=number)
    page.goto(f"{demo.phone_url}/#phones")
    page.reload()
    expect(row(page, number)).to_be_visible()
    expect(page.locator("#empty")).to_have_text("Choose a phone.")
    look("list")
    row(page, number).get_by_role("link").click()
    expect(page.get_by_role("button", name="Confirm")).to_be_visible()
    look("prompt")
    open_faults(page)
    page.get_by_label("What becomes of them").select_option("error 131056")
    expect(page.locator("#standing li")).to_have_count(1)
    look("faults")
    demo.simulator.clear_faults()
    page.goto(f"{demo.phone_url}/{BUSINESS}?text=Sign%20me%20in%3A%20K7PQ-2MXD")
    page.get_by_label("Send as", exact=True).select_option("new")
    look("draft")
    page.goto(f"{demo.phone_url}/15550000000?text=Hello")
    expect(page.locator("#trouble")).not_to_be_empty()
    look("wrong-number")


@pytest.mark.browsing(viewport=WIDE)
def test_two_hundred_full_chats_of_thousands_are_no_burden(page, demo):
    texts = [message(number, "in", f"Message {number}", status="read") for number in range(200)]
    chats = [{"phone": str(16505550000 + number), "activity": number, "messages": texts} for number in range(200)]
    show_state(page, demo, {"chatCount": 5000, "chats": chats}, "#16505550007")
    expect(page.locator("#more")).to_have_text("The latest 200 of 5000 phones")
    expect(page.locator("#chats li")).to_have_count(200)
    expect(page.locator("#chats li").first).to_have_attribute("data-phone", "16505550199")
    expect(page.locator("article")).to_have_count(200)
    expect(page.locator("article").last).to_be_in_viewport()
