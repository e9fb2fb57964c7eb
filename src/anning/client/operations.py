"""One typed method for each route. Made by `anning.client.generate`: do not edit (接口客户端)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from anning.api.decide import BatchRequest
from anning.api.handlers.consents import ConsentRecorded, ConsentRequest, WordsRequest, WordsShown
from anning.api.handlers.desk import Caller, CallerWants
from anning.api.handlers.erasing import (
    CallerForgotten,
    DueShown,
    ForgettingAsked,
    ForgottenShown,
    HoldRequest,
    HoldShown,
)
from anning.api.handlers.judging import BatchAnswer, HoldAnswer, Page, Revealed, RevealRequest
from anning.api.handlers.keys import KeyMade, KeyRequest, KeyShown
from anning.api.handlers.law import InstrumentListed, InstrumentShown, ReasonListed
from anning.api.handlers.messages import MessageState, SentOrNot, SmsReceived, Taken, Taking
from anning.api.handlers.operators import ListTaken, RecyclingAnswer, RecyclingAsked, RecyclingTold
from anning.api.handlers.people import Acceptance, Accepted, Invited, PersonRequest, PersonShown, RolesRequest
from anning.api.handlers.registers import (
    ConsentsShown,
    History,
    LookUp,
    OrganisationShown,
    Recorded,
    RecordedMany,
    RegistrationRequest,
    SignatureQuery,
    Statement,
    Statements,
    WishesShown,
)
from anning.api.handlers.running import Health, Ready
from anning.api.handlers.shadow import Span
from anning.api.handlers.subscriber import (
    CodeRequest,
    CodeSent,
    CodeShown,
    LinkAnswered,
    LinkDone,
    LinkShown,
    Stopped,
    Stopping,
    SubscriberSession,
    WishesNow,
    WishesWanted,
)
from anning.api.handlers.tenants import Act, Acts, TenantRequest, TenantShown
from anning.api.handlers.webhooks import Count, Due, Queued, WebhookMade, WebhookRequest, Within
from anning.api.holds import Held
from anning.api.models import DecideAnswer, DecideRequest
from anning.api.scrubs import Scrub, ScrubRequest
from anning.api.shadow import ShadowReport
from anning.api.webhooks import Delivery, Webhook
from anning.client.core import Core
from anning.registers.erasing import Done
from anning.wishes.consents import ConsentHeld
from anning.wishes.dialogue import Heard
from anning.wishes.exhibits import Exhibit
from anning.wishes.records import Export


class Client(Core):
    """The API as Python. See `Core` for how it is opened."""

    def openapi(self) -> dict[str, Any]:
        """The API's description (OpenAPI 3.1).

        接口描述（OpenAPI 3.1）。
        """
        answer: dict[str, Any] = self.call("GET", "/v1/openapi.json", dict[str, Any])
        return answer

    def metrics(self) -> str:
        """Metrics, for Prometheus to scrape.

        运行指标，供 Prometheus 抓取。
        """
        answer: str = self.call("GET", "/metrics", str)
        return answer

    def healthz(self) -> Health:
        """The process answers.

        进程在运行。
        """
        answer: Health = self.call("GET", "/healthz", Health)
        return answer

    def readyz(self) -> Ready:
        """All parts are there: requests may come.

        各部件可用，可以接受请求。
        """
        answer: Ready = self.call("GET", "/readyz", Ready)
        return answer

    def decide(self, body: DecideRequest) -> DecideAnswer:
        """Judge one message or call; 202 and an id when it is held.

        判定一条短信或一个电话；暂缓时应答 202 与编号。
        """
        answer: DecideAnswer = self.call("POST", "/v1/decide", DecideAnswer, body=body)
        return answer

    def decide_batch(self, body: BatchRequest) -> BatchAnswer:
        """Judge one to ten thousand numbers, all else alike.

        判定一至一万个号码，其余相同。
        """
        answer: BatchAnswer = self.call("POST", "/v1/decide/batch", BatchAnswer, body=body)
        return answer

    def explain(self, body: DecideRequest) -> dict[str, Any]:
        """Judge and explain one message or call: facts, reasons, what would let it pass.

        判定并说明一条短信或一个电话：观察到的事实、理由、怎样才能放行。
        """
        answer: dict[str, Any] = self.call("POST", "/v1/explain", dict[str, Any], body=body)
        return answer

    def reveal_hold(self, id: str, body: RevealRequest) -> Revealed:
        """See the whole number, with a purpose; it is journalled.

        说明目的后查看完整号码，记入日志。
        """
        answer: Revealed = self.call("POST", f"/v1/holds/{id}/reveal", Revealed, body=body)
        return answer

    def list_holds(self, query: Page | None = None) -> list[Held]:
        """Communications that were held, the latest first.

        暂缓的通信，最近的在前。
        """
        answer: list[Held] = self.call("GET", "/v1/holds", list[Held], query=query)
        return answer

    def ask_hold(self, id: str) -> HoldAnswer:
        """Ask after one that was held; it is judged again.

        查询一条暂缓的通信，随即重新判定。
        """
        answer: HoldAnswer = self.call("GET", f"/v1/holds/{id}", HoldAnswer)
        return answer

    def ask_scrub(self, body: ScrubRequest, *, idempotency_key: str = "") -> Scrub:
        """Ask for a list to be judged; the list follows.

        提交一个名单任务，随后上传名单。
        """
        answer: Scrub = self.call("POST", "/v1/scrubs", Scrub, body=body, idempotency_key=idempotency_key)
        return answer

    def upload_list(self, id: str, source: Path) -> Scrub:
        """Upload the list, written to disk as it comes.

        上传名单，边收边写盘。
        """
        answer: Scrub = self.upload("PUT", f"/v1/scrubs/{id}/list", source, Scrub)
        return answer

    def list_scrubs(self, query: Page | None = None) -> list[Scrub]:
        """Jobs, the latest first.

        名单任务，最近的在前。
        """
        answer: list[Scrub] = self.call("GET", "/v1/scrubs", list[Scrub], query=query)
        return answer

    def ask_after_scrub(self, id: str) -> Scrub:
        """How far a job is, and what became of it.

        一个任务的进度与结果。
        """
        answer: Scrub = self.call("GET", f"/v1/scrubs/{id}", Scrub)
        return answer

    def fetch_result(self, id: str, part: str, target: Path) -> Path:
        """Fetch a result file: all, send, stop, hold, bad.

        取结果文件：all、send、stop、hold、bad。
        """
        return self.download(f"/v1/scrubs/{id}/files/{part}", target)

    def forget_scrub(self, id: str) -> None:
        """Cancel a job, or let its files go.

        取消任务，或删除其文件。
        """
        self.call("DELETE", f"/v1/scrubs/{id}", None)

    def say(self, body: Statement, *, idempotency_key: str = "") -> Recorded:
        """State a person's wish, consent, withdrawal or answer.

        登记一个人的意愿、同意、撤回、答复。
        """
        answer: Recorded = self.call("POST", "/v1/statements", Recorded, body=body, idempotency_key=idempotency_key)
        return answer

    def say_many(self, body: Statements) -> RecordedMany:
        """Up to a thousand at once, each taken or refused by itself.

        一次登记至多一千项，各自成立或被拒。
        """
        answer: RecordedMany = self.call("POST", "/v1/statements/batch", RecordedMany, body=body)
        return answer

    def register(self, body: RegistrationRequest, *, idempotency_key: str = "") -> Recorded:
        """Register organisations, identities, licences, codes, signatures, measures, approvals, settings.

        登记主体、身份、许可、码号、签名、措施、公益申请与设置。
        """
        answer: Recorded = self.call("POST", "/v1/registrations", Recorded, body=body, idempotency_key=idempotency_key)
        return answer

    def look_up_wishes(self, body: LookUp) -> WishesShown:
        """Look up the wishes of one number.

        按号码查询意愿。
        """
        answer: WishesShown = self.call("POST", "/v1/look-ups/wishes", WishesShown, body=body)
        return answer

    def look_up_consents(self, body: LookUp) -> ConsentsShown:
        """Look up the consents of one number.

        按号码查询同意。
        """
        answer: ConsentsShown = self.call("POST", "/v1/look-ups/consents", ConsentsShown, body=body)
        return answer

    def show_organisation(self, id: str) -> OrganisationShown:
        """Read about an organisation.

        查阅一个主体。
        """
        answer: OrganisationShown = self.call("GET", f"/v1/organisations/{id}", OrganisationShown)
        return answer

    def show_code(self, code: str) -> History:
        """Read about a code.

        查阅一个码号及其沿革。
        """
        answer: History = self.call("GET", f"/v1/codes/{code}", History)
        return answer

    def show_signature(self, query: SignatureQuery) -> History:
        """Read about an SMS signature.

        查阅一个短信签名及其沿革。
        """
        answer: History = self.call("GET", "/v1/signatures", History, query=query)
        return answer

    def send_code(self, body: CodeRequest) -> CodeSent:
        """Send a one-time code to one's own phone.

        向本人手机发送一次性验证码。
        """
        answer: CodeSent = self.call("POST", "/v1/subscriber/codes", CodeSent, body=body)
        return answer

    def begin_subscriber_session(self, body: CodeShown) -> SubscriberSession:
        """Show the code: the number is one's own.

        出示验证码，证明号码归本人。
        """
        answer: SubscriberSession = self.call("POST", "/v1/subscriber/sessions", SubscriberSession, body=body)
        return answer

    def end_subscriber_session(self) -> None:
        """Be known no longer.

        结束本人会话。
        """
        self.call("DELETE", "/v1/subscriber/sessions", None)

    def own_wishes(self) -> WishesNow:
        """One's own wishes.

        本人的意愿。
        """
        answer: WishesNow = self.call("GET", "/v1/subscriber/wishes", WishesNow)
        return answer

    def change_own_wishes(self, body: WishesWanted, *, idempotency_key: str = "") -> WishesNow:
        """Change one's own wishes: the rules named stand, and no others.

        更改本人的意愿：此后只有所列各条有效。
        """
        answer: WishesNow = self.call(
            "PUT", "/v1/subscriber/wishes", WishesNow, body=body, idempotency_key=idempotency_key
        )
        return answer

    def own_consents(self) -> list[ConsentHeld]:
        """Who may reach me: since when, on what words, how strong.

        谁可以联系我：何时、凭什么文字、强度如何。
        """
        answer: list[ConsentHeld] = self.call("GET", "/v1/subscriber/consents", list[ConsentHeld])
        return answer

    def stop_sender(self, body: Stopping) -> Stopped:
        """Hear no more of one organisation.

        不再接收一家机构的商业性来电与短信。
        """
        answer: Stopped = self.call("POST", "/v1/subscriber/refusals", Stopped, body=body)
        return answer

    def export_own(self) -> Export:
        """Everything on record of oneself.

        导出本人的全部登记。
        """
        answer: Export = self.call("GET", "/v1/subscriber/export", Export)
        return answer

    def show_link(self, token: str) -> LinkShown:
        """What a one-time link asks.

        一次性链接所问何事。
        """
        answer: LinkShown = self.call("GET", f"/v1/confirmations/{token}", LinkShown)
        return answer

    def answer_link(self, token: str, body: LinkAnswered) -> LinkDone:
        """Answer a one-time link: consent, or none.

        经一次性链接答复是否同意。
        """
        answer: LinkDone = self.call("POST", f"/v1/confirmations/{token}", LinkDone, body=body)
        return answer

    def look_up_caller(self, body: Caller) -> WishesNow:
        """What a caller wishes.

        查询来电者的意愿。
        """
        answer: WishesNow = self.call("POST", "/v1/desk/look-up", WishesNow, body=body)
        return answer

    def act_for_caller(self, body: CallerWants, *, idempotency_key: str = "") -> WishesNow:
        """Act for a caller; who did is on record.

        代来电者办理意愿，记明经办人。
        """
        answer: WishesNow = self.call("PUT", "/v1/desk/wishes", WishesNow, body=body, idempotency_key=idempotency_key)
        return answer

    def record_consent(self, body: ConsentRequest, *, idempotency_key: str = "") -> ConsentRecorded:
        """Record a consent with what it rests on, and have the recipient asked.

        登记同意及其所凭：所示文字、证据，并可请本人确认。
        """
        answer: ConsentRecorded = self.call(
            "POST", "/v1/consents", ConsentRecorded, body=body, idempotency_key=idempotency_key
        )
        return answer

    def keep_evidence(self, source: Path) -> Exhibit:
        """Keep what proves a consent; its SHA-256 is its name.

        保存同意证据，以其 SHA-256 为名。
        """
        answer: Exhibit = self.upload("POST", "/v1/evidence", source, Exhibit)
        return answer

    def read_evidence(self, sha256: str, target: Path) -> Path:
        """What is kept, found to be what was recorded.

        取出证据，核对无误。
        """
        return self.download(f"/v1/evidence/{sha256}", target)

    def record_words(self, body: WordsRequest, *, idempotency_key: str = "") -> WordsShown:
        """Record the words with which an organisation asks.

        登记征询同意的文字。
        """
        answer: WordsShown = self.call("POST", "/v1/words", WordsShown, body=body, idempotency_key=idempotency_key)
        return answer

    def show_words(self, sha256: str) -> WordsShown:
        """The words of a hash.

        征询文字及其归属。
        """
        answer: WordsShown = self.call("GET", f"/v1/words/{sha256}", WordsShown)
        return answer

    def forget_me(self, body: ForgettingAsked, *, idempotency_key: str = "") -> ForgottenShown:
        """Be known no longer: in effect at once, in bytes when the law lets it.

        清除本人的登记：立即失效，保存期满即擦除。
        """
        answer: ForgottenShown = self.call(
            "POST", "/v1/subscriber/forgetting", ForgottenShown, body=body, idempotency_key=idempotency_key
        )
        return answer

    def forget_caller(self, body: CallerForgotten, *, idempotency_key: str = "") -> ForgottenShown:
        """Have a caller known no longer; who did is on record.

        代来电者清除登记，记明经办人。
        """
        answer: ForgottenShown = self.call(
            "POST", "/v1/desk/forgetting", ForgottenShown, body=body, idempotency_key=idempotency_key
        )
        return answer

    def show_due(self) -> list[DueShown]:
        """What is due to be erased; whose it is is not told.

        到期待擦除的内容，不示号码。
        """
        answer: list[DueShown] = self.call("GET", "/v1/erasures/due", list[DueShown])
        return answer

    def erase_now(self) -> Done:
        """Erase all that is due, now.

        立即擦除全部到期内容。
        """
        answer: Done = self.call("POST", "/v1/erasures", Done)
        return answer

    def set_hold(self, body: HoldRequest, *, idempotency_key: str = "") -> Recorded:
        """Set or lift a legal hold: what is on record of a number or an organisation stays.

        设定或解除法定保全：涉案号码或机构的记录不擦除。
        """
        answer: Recorded = self.call("POST", "/v1/legal-holds", Recorded, body=body, idempotency_key=idempotency_key)
        return answer

    def show_holds(self) -> list[HoldShown]:
        """The legal holds that stand.

        现有的法定保全。
        """
        answer: list[HoldShown] = self.call("GET", "/v1/legal-holds", list[HoldShown])
        return answer

    def hear_sms(self, body: SmsReceived, *, idempotency_key: str = "") -> Heard:
        """An SMS from a person: a keyword, a yes, an answer to a sender.

        转送用户来信：指令、确认、对发送者的答复。
        """
        answer: Heard = self.call("POST", "/v1/messages", Heard, body=body, idempotency_key=idempotency_key)
        return answer

    def take_messages(self, body: Taking) -> Taken:
        """Take what the system itself wants sent.

        取走待发的系统短信。
        """
        answer: Taken = self.call("POST", "/v1/outbox/take", Taken, body=body)
        return answer

    def answer_message(self, id: str, body: SentOrNot) -> MessageState:
        """Say what became of one.

        告知一条系统短信是否送达。
        """
        answer: MessageState = self.call("POST", f"/v1/outbox/{id}", MessageState, body=body)
        return answer

    def check_recycling(self, body: RecyclingAsked) -> RecyclingAnswer:
        """Whether a number got a new holder since a day (after CAMARA's Number Recycling).

        号码自某日以来是否换过机主（参照 CAMARA Number Recycling）。
        """
        answer: RecyclingAnswer = self.call("POST", "/v1/number-recycling/check", RecyclingAnswer, body=body)
        return answer

    def report_recycling(self, body: RecyclingTold, *, idempotency_key: str = "") -> Recorded:
        """Tell that a number got a new holder.

        告知号码换了机主。
        """
        answer: Recorded = self.call(
            "POST", "/v1/number-recycling/report", Recorded, body=body, idempotency_key=idempotency_key
        )
        return answer

    def take_list(self, source: Path) -> ListTaken:
        """Import a list: wishes, consents, numbers with a new holder.

        导入名单：意愿、同意、换了机主的号码。
        """
        answer: ListTaken = self.upload("POST", "/v1/imports", source, ListTaken)
        return answer

    def list_instruments(self) -> list[InstrumentListed]:
        """All instruments.

        全部规定。
        """
        answer: list[InstrumentListed] = self.call("GET", "/v1/law", list[InstrumentListed])
        return answer

    def show_instrument(self, name: str) -> InstrumentShown:
        """One instrument: its figures and rules.

        一部规定：参数与逐条规则。
        """
        answer: InstrumentShown = self.call("GET", f"/v1/law/{name}", InstrumentShown)
        return answer

    def list_reasons(self) -> list[ReasonListed]:
        """All reasons.

        全部理由。
        """
        answer: list[ReasonListed] = self.call("GET", "/v1/reasons", list[ReasonListed])
        return answer

    def show_reason(self, obligation: str) -> ReasonListed:
        """One reason.

        一条理由。
        """
        answer: ReasonListed = self.call("GET", f"/v1/reasons/{obligation}", ReasonListed)
        return answer

    def make_webhook(self, body: WebhookRequest) -> WebhookMade:
        """Be told at an address; the secret is shown this once.

        登记推送地址，密钥只显示这一次。
        """
        answer: WebhookMade = self.call("POST", "/v1/webhooks", WebhookMade, body=body)
        return answer

    def list_webhooks(self) -> list[Webhook]:
        """Webhooks.

        推送地址。
        """
        answer: list[Webhook] = self.call("GET", "/v1/webhooks", list[Webhook])
        return answer

    def forget_webhook(self, id: str) -> None:
        """Be told there no more.

        删除推送地址。
        """
        self.call("DELETE", f"/v1/webhooks/{id}", None)

    def ping_webhook(self, id: str) -> Queued:
        """Tell it something harmless.

        试推一条。
        """
        answer: Queued = self.call("POST", f"/v1/webhooks/{id}/ping", Queued)
        return answer

    def list_deliveries(self, id: str, query: Count | None = None) -> list[Delivery]:
        """What was told, the latest first.

        推送记录，最近的在前。
        """
        answer: list[Delivery] = self.call("GET", f"/v1/webhooks/{id}/deliveries", list[Delivery], query=query)
        return answer

    def retry_delivery(self, id: str, delivery: str) -> Queued:
        """Tell one again now.

        立即重推一条。
        """
        answer: Queued = self.call("POST", f"/v1/webhooks/{id}/deliveries/{delivery}/retry", Queued)
        return answer

    def list_due(self, query: Within | None = None) -> list[Due]:
        """What ends soon.

        即将到期的事项。
        """
        answer: list[Due] = self.call("GET", "/v1/due", list[Due], query=query)
        return answer

    def shadow_report(self, query: Span | None = None) -> ShadowReport:
        """What would have been stopped while nothing was enforced, and why.

        试运行期间本会拦下多少、为何。
        """
        answer: ShadowReport = self.call("GET", "/v1/shadow/report", ShadowReport, query=query)
        return answer

    def make_tenant(self, body: TenantRequest, *, idempotency_key: str = "") -> TenantShown:
        """Make a tenant, or change its name and organisations.

        设立租户，或更新其名称与机构。
        """
        answer: TenantShown = self.call("POST", "/v1/tenants", TenantShown, body=body, idempotency_key=idempotency_key)
        return answer

    def list_tenants(self) -> list[TenantShown]:
        """The tenants one may see.

        可见的租户。
        """
        answer: list[TenantShown] = self.call("GET", "/v1/tenants", list[TenantShown])
        return answer

    def show_tenant(self) -> TenantShown:
        """The tenant one asks in.

        本租户。
        """
        answer: TenantShown = self.call("GET", "/v1/tenant", TenantShown)
        return answer

    def close_tenant(self, id: str) -> None:
        """Close a tenant.

        停用租户。
        """
        self.call("DELETE", f"/v1/tenants/{id}", None)

    def list_acts(self, query: Acts | None = None) -> list[Act]:
        """What was done on the tenant's accounts, reveals of numbers among it.

        本租户帐户上的操作，含查看完整号码的记录。
        """
        answer: list[Act] = self.call("GET", "/v1/acts", list[Act], query=query)
        return answer

    def add_person(self, body: PersonRequest) -> Invited:
        """Add a person; answers a one-time invitation.

        添加人员，返回一次性邀请码。
        """
        answer: Invited = self.call("POST", "/v1/people", Invited, body=body)
        return answer

    def list_people(self) -> list[PersonShown]:
        """The tenant's people.

        本租户人员。
        """
        answer: list[PersonShown] = self.call("GET", "/v1/people", list[PersonShown])
        return answer

    def set_roles(self, id: str, body: RolesRequest) -> None:
        """Set the roles a person has in the tenant.

        设定人员在本租户的角色。
        """
        self.call("PUT", f"/v1/people/{id}/roles", None, body=body)

    def invite_again(self, id: str) -> Invited:
        """Invite again, to replace a password.

        重发邀请码，以重设口令。
        """
        answer: Invited = self.call("POST", f"/v1/people/{id}/invitation", Invited)
        return answer

    def disable_person(self, id: str) -> None:
        """Disable a person; their sessions end.

        停用人员，其会话随即结束。
        """
        self.call("DELETE", f"/v1/people/{id}", None)

    def accept_invitation(self, body: Acceptance) -> Accepted:
        """Set a password with an invitation.

        凭邀请码设定口令。
        """
        answer: Accepted = self.call("POST", "/v1/invitations", Accepted, body=body)
        return answer

    def make_key(self, body: KeyRequest) -> KeyMade:
        """Make an API key; it is shown this once.

        新建接口密钥，只显示这一次。
        """
        answer: KeyMade = self.call("POST", "/v1/keys", KeyMade, body=body)
        return answer

    def list_keys(self) -> list[KeyShown]:
        """The tenant's API keys.

        本租户的接口密钥。
        """
        answer: list[KeyShown] = self.call("GET", "/v1/keys", list[KeyShown])
        return answer

    def revoke_key(self, id: str) -> None:
        """Revoke an API key.

        吊销接口密钥。
        """
        self.call("DELETE", f"/v1/keys/{id}", None)
