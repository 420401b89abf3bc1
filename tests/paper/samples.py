"""Documents of invented people, as the desk would hand them to the paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from receipts.data import (
    AcceptanceReceipt,
    Applicant,
    BagLabel,
    CorrectionNotice,
    Document,
    Fee,
    ItemRow,
    Letterhead,
    NoticeItem,
    OriginalRow,
)
from receipts.money_data import DaySheet, FeeSlip, SheetRow, SheetSection
from receipts.render import render_pdf

ISSUED = datetime(2024, 8, 12, 1, 32, tzinfo=UTC)

HEAD = Letterhead(
    office="连云港市工业和信息化局职称办",
    circular_title="关于报送2024年度连云港市工业和信息化领域相关专业高层次和急需紧缺人才考核认定中级职称相关材料的通知",
    circular_number="连工信职称〔2024〕12号",
    matter="考核认定中级职称",
    phone="85816207",
    address="海州区朝阳东路69号行政中心辅楼B楼410房间（市政府大楼东侧）",
)

WANG = Applicant(
    name="王䶮",
    id_masked="320799********1232",
    employer="连云港某某化工有限公司",
    specialty="石油化工工程",
    phone_masked="138****4420",
)

R, V1, V2, U = "复印件", "第一分册", "第二分册", "不装订"

ITEMS = (
    ItemRow(
        place=V1,
        no="1",
        name="目录",
        due="1",
        received="1",
        form="原件",
        result="齐",
    ),
    ItemRow(
        place=V1,
        no="2",
        name="申报材料真实性承诺书（附件3）",
        due="1",
        received="1",
        form="原件",
        result="齐",
    ),
    ItemRow(
        place=V1,
        no="3",
        name="单位公示证明材料",
        due="1",
        received="1",
        form="原件",
        result="齐",
    ),
    ItemRow(
        place=V1,
        no="4",
        name="学历证书、学位证书复印件，“学信网”学历证明",
        due="1",
        received="1",
        form=R,
        result="齐",
        remark="原件已核验",
    ),
    ItemRow(
        place=V1,
        no="5",
        name="现专业技术资格（技能等级）证书复印件",
        due="1",
        received="0",
        form=R,
        result="免",
        remark="情形2 无职称",
    ),
    ItemRow(
        place=V1,
        no="6",
        name="现任专业技术职务聘书（或聘文、聘用合同）复印件",
        due="1",
        received="0",
        form=R,
        result="免",
        remark="情形2 无职称",
    ),
    ItemRow(
        place=V1,
        no="7",
        name="任现专业技术职务以来《专业技术人员年度考核表》（附件4）",
        due="每年1",
        received="5",
        form=R,
        result="齐",
    ),
    ItemRow(
        place=V1,
        no="8",
        name="《继续教育公共科目培训考核合格证明》及培训、学习证明复印件",
        due="1套",
        received="1",
        form=R,
        result="齐",
    ),
    ItemRow(
        place=V1,
        no="9",
        name="个人获奖证书复印件",
        due="若干",
        received="2",
        form=R,
        result="齐",
        remark="原件已核验",
    ),
    ItemRow(
        place=V2,
        no="1",
        name="目录",
        due="1",
        received="1",
        form="原件",
        result="齐",
    ),
    ItemRow(
        place=V2,
        no="2",
        name="任现技术职务以来工作经历和专业技术工作总结",
        due="1",
        received="1",
        form="原件",
        result="齐",
    ),
    ItemRow(
        place=V2,
        no="3",
        name="论文、专项研究报告等（期刊封面、目录、文章复印件及数据库收录打印页）",
        due="若干",
        received="1",
        form=R,
        result="齐",
        remark="原件已核验",
    ),
    ItemRow(
        place=V2,
        no="4",
        name="专利证书复印件以及经济效益和社会效益证明材料",
        due="若干",
        received="0",
        form=R,
        result="免",
        remark="本人无专利",
    ),
    ItemRow(place=V2, no="5", name="业绩成果证明材料", due="1", received="3", form=R, result="齐"),
    ItemRow(
        place=U,
        no="1",
        name="《专业技术职务任职资格评审表》",
        due="2",
        received="2",
        form="原件",
        result="齐",
        remark="双面打印",
    ),
    ItemRow(
        place=U,
        no="2",
        name="《专业技术人员情况表》（附件1）",
        due="1",
        received="1",
        form="原件",
        result="齐",
    ),
    ItemRow(
        place=U,
        no="3",
        name="《专业技术人员简介表》（附件2）",
        due="20",
        received="20",
        form="原件",
        result="齐",
        remark="A3 单面",
    ),
    ItemRow(
        place="原件袋",
        no="1",
        name="学历学位、专业技术资格证书（聘书）、论文、获奖证书等原件",
        due="若干",
        received="6",
        form="原件",
        result="齐",
    ),
    ItemRow(
        place="电子版",
        no="1",
        name="《专业技术人员情况表》电子表格",
        due="1",
        received="1",
        form="邮件",
        result="齐",
        remark="09-03 收到",
    ),
)

ORIGINALS = (
    OriginalRow(name="毕业证书", detail="1032 0520 0805 0012 33"),
    OriginalRow(name="学士学位证书", detail="1032042008050012"),
    OriginalRow(name="获奖证书", detail="市科技进步三等奖"),
    OriginalRow(name="获奖证书", detail="优秀技术能手"),
    OriginalRow(name="期刊", detail="《化工进展》2022年第4期"),
    OriginalRow(name="继续教育证书"),
)

PAID = Fee(state="已缴", amount="300.00", capitals="叁佰元整", method="微信", bill="3201240000123456")

RECEIPT = AcceptanceReceipt(
    head=HEAD,
    display_number="连工信职收〔2024〕00001号",
    digits="12401000000123",
    online_id="LYG2024-000123",
    applicant=WANG,
    items=ITEMS,
    originals=ORIGINALS,
    bags=("评审材料袋 1 个", "原件材料袋 1 个"),
    fee=PAID,
    clerk="周敏",
    desk="1 号窗口",
    accepted_at="2024年8月12日 09:32",
    date="2024年8月12日",
    notes=("原件在评审结束后凭本回执领回。",),
    legal="本事项依照上述通知和一次性告知制度办理。",
)

NOTICE_ITEMS = (
    NoticeItem(
        place=V1,
        no="9",
        name="个人获奖证书复印件",
        chip="瑕疵",
        reasons=("复印件未盖单位公章", "缺“与原件无误”字样"),
        standard="复印件由单位审核，注明与原件无误并加盖公章；集体获奖另附本人承担工作的材料。",
    ),
    NoticeItem(
        place=V2,
        no="3",
        name="论文、专项研究报告等（期刊封面、目录、文章复印件及数据库收录打印页）",
        chip="缺",
        reasons=("未提交",),
        standard="交期刊封面、目录、文章的复印件和数据库收录的打印页；原件装入原件材料袋。",
    ),
    NoticeItem(
        place=U,
        no="3",
        name="《专业技术人员简介表》（附件2）",
        chip="瑕疵",
        reasons=("份数不足，实收 12 份",),
        standard="20 份，A3，单面印制。",
    ),
)

NOTICE = CorrectionNotice(
    head=HEAD,
    display_number="连工信职补〔2024〕00001号",
    digits="22401000000108",
    online_id="LYG2024-000123",
    applicant=WANG,
    brought_by="代办人 李晓（同事）",
    items=NOTICE_ITEMS,
    deadline="2024年8月26日 18:00",
    days_left=10,
    legal="依据连工信职称〔2024〕12号通知，按一次性告知制度告知。",
    late="逾期未补正的，视为放弃本次申报。",
    given_back="评审材料袋、原件材料袋已当场退还，补正时一并带来。",
    bring_to="工作日 9:00—12:00、15:00—18:00，410 房间",
    clerk="周敏",
    desk="1 号窗口",
    issued_at="2024年8月12日 09:40",
    date="2024年8月12日",
)

LABEL = BagLabel(
    office="连云港市工业和信息化局职称办",
    matter="考核认定中级职称",
    display_number="连工信职收〔2024〕00001号",
    digits="32401000000190",
    online_id="LYG2024-000123",
    name="王䶮",
    employer="连云港某某化工有限公司",
    specialty="石油化工工程",
    bag=1,
    bags=1,
    contents="第一分册、第二分册、不装订材料",
    taken_at="2024年8月12日 09:32",
)

ORIGINALS_LABEL = replace(LABEL, digits="42401000000175", contents="原件 6 件")

SLIP = FeeSlip(
    head=HEAD,
    display_number="连工信职缴〔2024〕00001号",
    digits="52401000000160",
    online_id="LYG2024000123",
    receipt="连工信职收〔2024〕00001号",
    applicant=WANG,
    move="缴费",
    item="中级职称评定，每人 1 次",
    basis="苏价费函〔2002〕62号",
    amount="300.00",
    capitals="人民币叁佰元整",
    method="现金",
    tendered="500.00",
    change="200.00",
    bill="32060124 0000481516",
    clerk="周敏",
    desk="1 号窗口",
    taken_at="2024年8月12日 09:32",
    date="2024年8月12日",
    notes=("报销请凭财政票据，票据号可到窗口补记。",),
    journal_seq="43",
    journal_head="0123456789abcdef0123",
)

SEAL = "0123456789abcdef" * 4

SHEET = DaySheet(
    head=HEAD,
    display_number="连工信职结〔2024〕00001号",
    digits="72401000000130",
    day="2024-08-12",
    clerk="周敏",
    closed_by="周敏",
    desk="1 号窗口",
    opened_at="2024年8月12日 08:52",
    closed_at="2024年8月12日 18:06",
    sections=(
        SheetSection(
            code="payments",
            title="凭条",
            rows=(
                SheetRow(label="首号", text="连工信职缴〔2024〕00001号"),
                SheetRow(label="收费", count="35", amount="10500.00"),
                SheetRow(label="作废", count="1", amount="-300.00"),
            ),
        ),
        SheetSection(code="submissions", title="收件", rows=(SheetRow(label="受理", count="35"),)),
        SheetSection(
            code="approvals",
            title="特批",
            rows=(SheetRow(label="作废", count="1", text="00012 周敏/孙立 重复登记"),),
        ),
    ),
    count=(SheetRow(label="100.00 元", count="52 张", amount="5200.00"),),
    cash=(
        SheetRow(label="备用金", amount="200.00"),
        SheetRow(label="应有现金", amount="6196.00"),
        SheetRow(label="实点现金", amount="6195.00"),
        SheetRow(label="差额", amount="-1.00"),
    ),
    variance="原因不明（保留异议）",
    perpetual="412 笔，123600.00 元",
    chain_seq="4711",
    chain_head=" ".join(SEAL[i : i + 8] for i in range(0, 64, 8)),
    anchor=f"CD1 72401000000130 4711 {SEAL.upper()}",
    date="2024年8月12日",
    notes=("差额如实登记，不调账。",),
    sheets=("第一联 窗口归档",),
)

DOCUMENTS = (RECEIPT, NOTICE, LABEL, ORIGINALS_LABEL, SLIP)
NAMES = ("receipt", "notice", "review bag", "originals bag", "fee slip")

LONG_EMPLOYER = (
    "连云港经济技术开发区新海石化与精细化工联合研究院股份有限公司（第一分公司技术中心检测与分析试验室）"
)


@cache
def printed(doc: Document) -> bytes:
    """Return the paper as a file, made once."""
    return render_pdf(doc, ISSUED)


def named(doc: Document, name: str, employer: str) -> Document:
    """Return the paper of somebody else."""
    assert not isinstance(doc, DaySheet)
    if isinstance(doc, BagLabel):
        return replace(doc, name=name, employer=employer)
    return replace(doc, applicant=replace(doc.applicant, name=name, employer=employer))
