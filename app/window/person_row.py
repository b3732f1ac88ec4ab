"""Paints one person of the panel: the age as a curve on a plate, in words, and how long present."""

from PyQt6.QtCore import QModelIndex, QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QFont, QPainter, QPainterPath, QPalette, QPen
from PyQt6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.window.presence import Person
from engine.sinks.label import Label
from engine.sinks.palette import PLATE
from engine.values.age import AgeDistribution

_MARGIN_PX, _GAP_PX, _PLATE_WIDTH_PX, _BAR_PX = 16, 14, 104, 4
_LINES, _UPPER = 3.2, 0.58
"""Height of a row in lines of text; share of it that the age takes."""
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
PERSON, REMARK = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
"""What the list is asked for: the person, and what is said below the age."""


class PersonRow(QStyledItemDelegate):
    """Looks like the label beside the face, with more room; provisional ages are dimmed alike."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:
        """Rows are of one height."""
        height = round(_LINES * option.fontMetrics.height()) + 2 * _GAP_PX
        return QSize(option.rect.width(), height)

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Paint a row."""
        person = index.data(PERSON)
        if painter is None or not isinstance(person, Person):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = QRectF(option.rect).adjusted(_MARGIN_PX, _GAP_PX / 2, -_MARGIN_PX, -_GAP_PX / 2)
        plate, words = QRectF(row), QRectF(row)
        plate.setWidth(_PLATE_WIDTH_PX)
        words.setLeft(plate.right() + _GAP_PX)
        _paint_plate(painter, plate, option, person.label)
        _paint_age(painter, words, option, person.label)
        words.setTop(words.top() + _UPPER * words.height())
        remark = option.fontMetrics.elidedText(
            index.data(REMARK), Qt.TextElideMode.ElideRight, int(words.width())
        )
        painter.drawText(words, _LEFT, remark)
        painter.restore()


def _paint_plate(
    painter: QPainter, plate: QRectF, option: QStyleOptionViewItem, label: Label
) -> None:
    colour = QColor(*label.colour)
    painter.setPen(option.palette.color(QPalette.ColorRole.Mid))
    painter.setBrush(QColor(*PLATE))
    painter.drawRoundedRect(plate, 6, 6)
    painter.fillRect(
        QRectF(plate.left() + 5, plate.top() + 5, _BAR_PX, plate.height() - 10), colour
    )
    if label.distribution is None:
        return
    curve = _curve(label.distribution, plate.adjusted(_BAR_PX + 11, 9, -8, -7))
    if label.sure:
        shade = QColor(colour)
        shade.setAlphaF(0.45)
        painter.fillPath(curve, shade)
    painter.strokePath(curve, QPen(colour, 1.5))


def _curve(distribution: AgeDistribution, room: QRectF) -> QPainterPath:
    ages, probs = distribution.ages, distribution.probs
    x = room.left() + (ages - ages[0]) * (room.width() / max(float(ages[-1] - ages[0]), 1.0))
    y = room.bottom() - probs * (room.height() / max(float(probs.max()), 1e-9))
    path = QPainterPath(QPointF(room.left(), room.bottom()))
    for point_x, point_y in zip(x.tolist(), y.tolist(), strict=True):
        path.lineTo(point_x, point_y)
    path.lineTo(room.right(), room.bottom())
    return path


def _paint_age(painter: QPainter, room: QRectF, option: QStyleOptionViewItem, label: Label) -> None:
    upper = QRectF(room)
    upper.setHeight(_UPPER * room.height())
    faint = option.palette.color(QPalette.ColorRole.PlaceholderText)
    text = option.palette.color(QPalette.ColorRole.Text)
    large = QFont(option.font)
    large.setPointSizeF(option.font.pointSizeF() * 1.7)
    large.setBold(True)
    painter.setFont(large)
    painter.setPen(text if label.sure else faint)
    used = painter.boundingRect(upper, _LEFT, label.age)
    painter.drawText(upper, _LEFT, label.age)
    painter.setFont(option.font)
    painter.drawText(upper.adjusted(used.width() + 8, 2, 0, 0), _LEFT, label.interval)
    painter.setPen(faint)
    painter.drawText(upper, _RIGHT, label.number)
