"""Every setting in one typed place (设置): each is read from the environment, ``ANNING_`` and its name in capitals."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from anning.errors import InvalidInput


class Settings(BaseSettings):
    """What an installation may choose. The description of each field says what it does, zh and en."""

    model_config = SettingsConfigDict(env_prefix="ANNING_", extra="ignore", frozen=True, hide_input_in_errors=True)

    data_dir: Path = Field(
        default=Path("var"),
        description="数据目录：日志数据库、导入段与快照所在；默认为当前目录下的 var。"
        " | The data directory: journal database, import segments, snapshots; by default var in the current directory.",
    )
    database_url: str = Field(
        default="",
        repr=False,
        description="事件库地址：sqlite:///路径 或 postgresql://…；留空则用数据目录下的 anning.db。"
        " | The system of record: sqlite:///path or postgresql://...; when empty, anning.db in the data directory.",
    )
    segments_dir: Path | None = Field(
        default=None,
        description="批量导入段的目录；留空则为数据目录下的 segments。须与事件库一同备份。"
        " | The folder of bulk-import segments; when empty, segments in the data directory."
        " It is backed up together with the database.",
    )
    group_commit_max: int = Field(
        default=256,
        ge=1,
        le=65_536,
        description="一次提交最多合并的命令数；越大吞吐越高，单条命令等待越久。"
        " | How many commands one commit may carry; more gives throughput, fewer a shorter wait for each.",
    )
    writer_wait: float = Field(
        default=5.0,
        ge=0,
        description="等待写入锁的秒数；超过即报告另有进程在写。"
        " | Seconds to wait for the writer's lock before saying that another process is writing.",
    )
    host: str = Field(
        default="127.0.0.1",
        description="服务监听的地址；0.0.0.0 为全部网卡。 | The address to listen on; 0.0.0.0 is every interface.",
    )
    port: int = Field(
        default=8700,
        ge=0,
        le=65_535,
        description="服务监听的端口；0 为任一空闲端口。 | The port that is listened on; 0 is any free one.",
    )
    public_url: str = Field(
        default="",
        description="浏览器所见的网址，通行密钥与外部登录据此核对；留空则为监听地址。"
        " | The address browsers see, against which passkeys and outside sign-in are checked;"
        " when empty, where it listens.",
    )
    key_file: Path | None = Field(
        default=None,
        description="密封动态口令与推送密钥所用的密钥文件，须在数据库之外备份；留空则为数据目录下的 seal.key。"
        " | The file of the key that seals second factors and webhook secrets, backed up apart from the database;"
        " when empty, seal.key in the data directory.",
    )
    session_hours: float = Field(
        default=12,
        gt=0,
        le=720,
        description="一次登录最长几小时。 | How many hours a sign-in lasts at most.",
    )
    session_idle_minutes: float = Field(
        default=60,
        gt=0,
        description="多少分钟不用即须重新登录。 | After how many minutes unused one signs in again.",
    )
    oidc_issuer: str = Field(
        default="",
        description="外部身份提供方（OpenID Connect）的签发者网址；留空则不提供外部登录。"
        " | The issuer of the outside identity provider (OpenID Connect); when empty, no outside sign-in is offered.",
    )
    oidc_client_id: str = Field(
        default="",
        description="外部身份提供方给本系统的客户端标识。 | The client id that the outside provider gave.",
    )
    oidc_client_secret: str = Field(
        default="",
        repr=False,
        description="外部身份提供方给本系统的客户端密钥。 | The client secret that the outside provider gave.",
    )
    rate: float = Field(
        default=1_000,
        gt=0,
        description="新密钥每秒请求数，长期平均。 | Requests a second of a new key in the long run.",
    )
    burst: int = Field(
        default=2_000,
        gt=0,
        description="新密钥一次可突发的请求数。 | Requests at once of a new key.",
    )
    webhooks_to_private: bool = Field(
        default=False,
        description="是否可向内部网络（含 http）推送事件；对外服务时保持为否。"
        " | Whether webhooks may go to addresses within the own network, plain http included; no for a public service.",
    )
    hold_days: int = Field(
        default=30,
        ge=1,
        le=400,
        description="暂缓的通信、推送记录、名单任务保留几天。"
        " | For how many days communications held, webhook deliveries and list jobs are remembered.",
    )
    upload_max_bytes: int = Field(
        default=4_000_000_000,
        gt=0,
        description="上传名单的最大字节数。 | How many bytes an uploaded list has at most.",
    )
    counts_dir: Path | None = Field(
        default=None,
        description="联系计数（频次与业务量）的目录，须在本机磁盘；留空则为数据目录下的 counts。"
        " | The folder of the counts of contacts and volumes, on a disk of this machine; when empty, counts in the data"
        " directory.",
    )
    counts_shards: int = Field(
        default=1,
        ge=1,
        le=256,
        description="联系计数分为几片，每片由一个进程或线程持有；建立后不可更改。"
        " | Into how many shards the counts are cut, each owned by one process or thread; once begun it stays so.",
    )
    counts_capacity: int = Field(
        default=64_000_000,
        ge=1,
        description="每片最多保留的联系数，每条占内存 12 字节，归并时加倍；满额后营销通信暂缓。"
        " | Contacts kept in each shard at most, 12 bytes of memory each, twice that while merged; when it is full,"
        " commercial traffic waits.",
    )
    registry_name: str = Field(
        default="安宁",
        min_length=2,
        max_length=18,
        description="登记机构的名称，作为系统自发短信的签名。"
        " | What the registry calls itself: the SMS signature of what the system itself sends.",
    )
    registry_codes: str = Field(
        default="",
        description="登记机构自己的短信码号，以逗号分隔；发到这些码号与运营商码号的短信按指令办理。"
        " | The registry's own SMS codes, divided by commas: what is sent there or to an operator is read as keywords.",
    )
    keywords_file: Path | None = Field(
        default=None,
        description="各运营商短信指令表（YAML）；留空则用随附的。"
        " | The table of SMS keywords by operator (YAML); when empty, the one that ships.",
    )
    exhibits_url: str = Field(
        default="",
        description="同意证据的存放处：file:///目录，或对象存储 s3://桶/前缀；留空则为数据目录下的 exhibits。"
        " | Where evidence of consents is kept: file:///folder, or an object store s3://bucket/prefix; when empty,"
        " exhibits in the data directory.",
    )
    codes_per_address: float = Field(
        default=60,
        gt=0,
        description="一个网络地址每小时可为用户请求几次验证码；置于代理之后时须放大。"
        " | How many one-time codes may be asked for from one network address in an hour; more when behind a proxy.",
    )
    outsider_questions_per_day: int = Field(
        default=2_000_000,
        ge=1,
        description="外部租户（发送者）每日可询问的号码数，单条、批量、名单合计。"
        " | How many numbers an outsider, a tenant of kind sender, may ask about in a day, lists included.",
    )
    outsider_consents_per_day: int = Field(
        default=100_000,
        ge=0,
        description="外部租户每日可登记的单方同意数；每条至多泄露一个意愿，故有此限。"
        " | How many one-sided consents an outsider may record in a day: each may tell of one wish at most.",
    )
    language: Literal["zh", "en", "both"] = Field(
        default="both",
        description="界面语言：zh 中文、en 英文、both 两者。 | The language of texts: zh Chinese, en English, both.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning",
        description="运行日志的最低级别。 | The lowest level that is written to the operational log.",
    )

    @field_validator("database_url")
    @classmethod
    def _known_scheme(cls, url: str) -> str:
        if url and not url.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("须以 sqlite:/// 或 postgresql:// 开头 | it begins with sqlite:/// or postgresql://")
        return url

    @property
    def database(self) -> str:
        """The address of the system of record, the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'anning.db'}"

    @property
    def seal_key(self) -> Path:
        """The file of the seal's key, the default filled in."""
        return self.key_file or self.data_dir / "seal.key"

    @property
    def exhibits(self) -> str:
        """Where evidence is kept, the default filled in."""
        return self.exhibits_url or f"file://{(self.data_dir / 'exhibits').absolute()}"

    @property
    def counts(self) -> Path:
        """The folder of the counts, the default filled in."""
        return self.counts_dir or self.data_dir / "counts"

    @property
    def snapshots(self) -> Path:
        """The folder of the index's snapshot and of its keeper's socket."""
        return self.data_dir / "index"

    @property
    def segments(self) -> Path:
        """The folder of import segments, the default filled in."""
        return self.segments_dir or self.data_dir / "segments"


def read_settings(**chosen: Any) -> Settings:
    """The settings of this environment, with what the caller chose above them.

    Raises:
        InvalidInput: a setting has no such value; it is named.
    """
    try:
        return Settings(**chosen)
    except ValidationError as error:
        wrong = error.errors()[0]
        name = "_".join(str(part) for part in wrong["loc"])
        # An address may carry a password, so no more of it is repeated than its scheme.
        given = _scheme(str(wrong["input"])) if name == "database_url" else str(wrong["input"])
        raise InvalidInput(
            f"设置 {name} 的取值无效：{given}",
            f"the setting {name} cannot be {given!r}: {wrong['msg']}",
            thing=f"ANNING_{name.upper()}",
            field=name,
            rule="setting",
        ) from None


def _scheme(url: str) -> str:
    scheme, mark, _ = url.partition("://")
    return f"{scheme}://…" if mark else "…"
