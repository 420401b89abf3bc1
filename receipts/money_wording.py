"""The money papers' own Chinese: what the figures of a day sheet and the kinds of a slip are called."""

from __future__ import annotations

from typing import Final

SLIP_KINDS: Final = {"take": "缴费", "void": "作废", "refund": "退费"}

DAY_SHEETS: Final = ("第一联 窗口归档", "第二联 财务留存")
"""Whom each copy of a day sheet is for."""

SECTIONS: Final = {
    "payments": "凭条",
    "methods": "各缴费方式（净额）",
    "reconcile": "受理与收费核对",
    "open": "未了事项",
    "submissions": "收件",
    "originals": "原件",
    "papers": "单据",
    "approvals": "特批",
    "refusals": "拒绝",
    "staff": "人员",
}

FIGURES: Final = {
    "first": "首号",
    "last": "末号",
    "take": "收费",
    "void": "作废",
    "refund": "退费",
    "net": "合计",
    "receipts": "受理应收",
    "paid": "本班实收",
    "other": "他窗口收",
    "elsewhere": "他处缴、减免",
    "due": "未缴",
    "price": "调价差额",
    "earlier": "前期收件补缴、退费",
    "takings": "本班收入合计",
    "rest": "核对差额",
    "accepted_without_fee": "受理未缴",
    "fee_without_acceptance": "缴费未受理",
    "without_bill": "票据号未登记",
    "late": "补录",
    "opened": "开件",
    "accepted": "受理",
    "correction": "补正",
    "rejected": "不予受理",
    "lapsed": "逾期未补",
    "first_receipt": "回执首号",
    "last_receipt": "回执末号",
    "in": "收存",
    "out": "退还",
    "held": "在库",
    "copies": "补打副本",
    "approvals.hours": "窗口时间外",
    "approvals.duplicate": "重复收件",
    "approvals.notice": "再次告知",
    "approvals.price": "调价",
    "approvals.reprint": "超次补打",
    "approvals.void": "作废",
    "approvals.refund": "退费",
    "approvals.clock": "时钟",
    "approvals.sheet": "日结单不符",
    "approvals.restore": "恢复",
    "approvals.report": "中途报表",
    "approvals.late": "补录",
    "refusals.closed": "窗口未开",
    "refusals.not-submitted": "网报未提交",
    "refusals.already-open": "已有收件",
    "refusals.on-roster": "名册已有",
    "refusals.sheet-mismatch": "日结单不符",
    "refusals.not-permitted": "无权限",
    "refusals.copies-limit": "超次补打",
    "refusals.clock": "时钟异常",
    "refusals.unknown": "查无此人",
    "refusals.unknown-number": "编号不存在",
    "refusals.bad-check-digit": "编号有误",
    "refusals.bad-identity": "证件号有误",
    "refusals.empty": "空扫描",
    "rescued": "主管口令由他人设置",
    "float": "备用金",
    "cash_in": "现金收入",
    "cash_out": "现金退出",
    "expected": "应有现金",
    "counted": "实点现金",
    "variance": "差额",
}
"""By code; a section's own word for a code stands under `section.code`."""

MONEY_REASONS: Final = {
    "change_error": "找零差错",
    "not_recorded": "收付未登记",
    "float_wrong": "备用金有误",
    "counterfeit": "假币、残币",
    "unexplained": "原因不明（保留异议）",
    "mistyped": "录入有误",
    "wrong_person": "记错人",
    "wrong_method": "方式录错",
    "paid_twice": "重复缴费",
    "not_due": "不应收费",
    "withdrawn": "撤回申报",
    "reduced_by_document": "文件减免",
    "circular_changed": "标准调整",
    "came_in_time": "按时到场",
    "agreed_before": "事先约定",
    "desk_was_down": "窗口故障",
    "instructed": "领导交办",
    "two_specialties": "两个专业",
    "first_mistaken": "前件有误",
    "first_to_be_withdrawn": "前件将撤",
    "not_visible_before": "此前看不出",
    "new_with_correction": "补正后新增",
    "overlooked": "上次漏看",
    "lost": "遗失",
    "damaged": "损坏",
    "badly_printed": "打印不清",
    "for_the_file": "归档用",
    "clock_was_wrong": "时钟有误",
    "machine_stood_still": "机器停用",
    "sheet_not_at_hand": "日结单不在手边",
    "sheet_unreadable": "日结单无法识读",
    "restored": "从备份恢复",
    "disk_failed": "磁盘故障",
    "drill": "演练",
    "asked_by_auditor": "审计要求",
    "other": "其他",
}
"""Coded reasons of variances and of what a supervisor allowed."""


def paid_price(usual: str) -> str:
    """Return why a sum is another than the circular's."""
    return f"标准 {usual} 元，经批准调整"


def perpetual(count: int, amount: str) -> str:
    """Return the sums since the first payment of all."""
    return f"{count} 笔，{amount} 元"


def pieces(count: int) -> str:
    """Return a number of notes or coins."""
    return f"{count} 张"


def taken_back(at: str, number: str) -> str:
    """Return when and by which slip a slip was taken back."""
    return f"{at} {number}"
