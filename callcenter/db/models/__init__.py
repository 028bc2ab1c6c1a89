"""All tables, so that importing this package fills `Base.metadata`. One file a subject.

Each models file is imported here by name.
"""

from callcenter.db.models.api_tokens import ApiTokenRow
from callcenter.db.models.audit import AuditEntryRow
from callcenter.db.models.base import Base
from callcenter.db.models.calls import AgentInterval, Call, CallEvent, CallLeg, CallTalk, QueueVisit
from callcenter.db.models.campaigns import CampaignListRow, CampaignRow, LeadListRow
from callcenter.db.models.customers import CustomerRow, OrderRow
from callcenter.db.models.dialing import DialAttemptRow, PacingDecisionRow, SurveyAnswerRow
from callcenter.db.models.dispositions import CallDispositionRow
from callcenter.db.models.leads import LeadImportRow, LeadNumberRow, LeadRow
from callcenter.db.models.ledger import (
    LedgerChannel,
    LedgerFact,
    LedgerRun,
    LedgerSource,
    RejectedLine,
)
from callcenter.db.models.loads import AgentWrapUpDay, QueueLoadDay, QueueLoadQuarter
from callcenter.db.models.permissions import (
    CallbackRow,
    ConsentRow,
    DoNotCallFileRow,
    DoNotCallRow,
    OutsideListRow,
)
from callcenter.db.models.privacy import ErasedNumber, Erasure, RetentionFloor
from callcenter.db.models.rates import CallRateRow
from callcenter.db.models.reconciliation import Judgement, UnreconciledRow
from callcenter.db.models.reports import (
    ReportColumnsRow,
    ReportDeliveryRow,
    ReportRunRow,
    ReportScheduleRow,
    ReportTemplateRow,
)
from callcenter.db.models.rollups import (
    AgentDay,
    AgentStateDay,
    AgentTalkDay,
    CallerMonth,
    CallerYear,
    DidDay,
    HouseQuarter,
    OfferDay,
    QueueDay,
    QueueQuarter,
    QueueWaitDay,
    RollupBasis,
    TransferDay,
    TrunkQuarter,
)
from callcenter.db.models.site import SiteRow
from callcenter.db.models.site_agents import SiteAgentQueueRow, SiteAgentRow, SiteTeamRow
from callcenter.db.models.site_hours import SiteHolidayRow, SiteHoursRow, SiteOpeningRuleRow
from callcenter.db.models.site_menus import (
    SiteJourneyRow,
    SiteMenuOptionRow,
    SiteMenuRow,
    SiteMessageRow,
    SitePromptRow,
)
from callcenter.db.models.site_phones import SitePhoneRow, SiteRingGroupRow, SiteVoicemailRow
from callcenter.db.models.site_queues import SiteQueueRow
from callcenter.db.models.site_trunks import SiteDidRow, SiteOutboundRouteRow, SiteTrunkRow
from callcenter.db.models.users import LoginFailureRow, RecoveryCodeRow, UserRow, WebSessionRow

__all__ = [
    "AgentDay",
    "AgentInterval",
    "AgentStateDay",
    "AgentTalkDay",
    "AgentWrapUpDay",
    "ApiTokenRow",
    "AuditEntryRow",
    "Base",
    "Call",
    "CallDispositionRow",
    "CallEvent",
    "CallLeg",
    "CallRateRow",
    "CallTalk",
    "CallbackRow",
    "CallerMonth",
    "CallerYear",
    "CampaignListRow",
    "CampaignRow",
    "ConsentRow",
    "CustomerRow",
    "DialAttemptRow",
    "DidDay",
    "DoNotCallFileRow",
    "DoNotCallRow",
    "ErasedNumber",
    "Erasure",
    "HouseQuarter",
    "Judgement",
    "LeadImportRow",
    "LeadListRow",
    "LeadNumberRow",
    "LeadRow",
    "LedgerChannel",
    "LedgerFact",
    "LedgerRun",
    "LedgerSource",
    "LoginFailureRow",
    "OfferDay",
    "OrderRow",
    "OutsideListRow",
    "PacingDecisionRow",
    "QueueDay",
    "QueueLoadDay",
    "QueueLoadQuarter",
    "QueueQuarter",
    "QueueVisit",
    "QueueWaitDay",
    "RecoveryCodeRow",
    "RejectedLine",
    "ReportColumnsRow",
    "ReportDeliveryRow",
    "ReportRunRow",
    "ReportScheduleRow",
    "ReportTemplateRow",
    "RetentionFloor",
    "RollupBasis",
    "SiteAgentQueueRow",
    "SiteAgentRow",
    "SiteDidRow",
    "SiteHolidayRow",
    "SiteHoursRow",
    "SiteJourneyRow",
    "SiteMenuOptionRow",
    "SiteMenuRow",
    "SiteMessageRow",
    "SiteOpeningRuleRow",
    "SiteOutboundRouteRow",
    "SitePhoneRow",
    "SitePromptRow",
    "SiteQueueRow",
    "SiteRingGroupRow",
    "SiteRow",
    "SiteTeamRow",
    "SiteTrunkRow",
    "SiteVoicemailRow",
    "SurveyAnswerRow",
    "TransferDay",
    "TrunkQuarter",
    "UnreconciledRow",
    "UserRow",
    "WebSessionRow",
]
