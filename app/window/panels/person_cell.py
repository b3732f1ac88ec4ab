"""Paints a person's face and age curve in a table."""

from PyQt6.QtCore import QModelIndex, QPointF, QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPainterPath, QPalette, QPen
from PyQt6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.window.presence import Person
from engine.sinks.label import Label
from engine.sinks.palette import PLATE
from engine.values.age import AgeDistribution

PERSON = Qt.ItemDataRole.UserRole
"""What a cell is asked for: its person."""
_INSET_PX, _BAR_PX = 3, 3


class FaceCell(QStyledItemDelegate):
    """The thumbnail, with round corners."""

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Paint a cell."""
        person = index.data(PERSON)
        if painter is None or not isinstance(person, Person):
            return
        painter.save()
        _paint_ground(painter, option)
        pixels = person.thumbnail
        side = pixels.shape[0]
        image = QImage(pixels.tobytes(), side, side, 3 * side, QImage.Format.Format_RGB888)
        room = QRectF(option.rect).adjusted(_INSET_PX, _INSET_PX, -_INSET_PX, -_INSET_PX)
        side_px = min(room.width(), room.height())
        place = QRectF(0, 0, side_px, side_px)
        place.moveCenter(room.center())
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        corners = QPainterPath()
        corners.addRoundedRect(place, 6, 6)
        painter.setClipPath(corners)
        painter.drawImage(place, image)
        painter.restore()


class RidgeCell(QStyledItemDelegate):
    """The belief as a curve on a plate; filled where it is stable."""

    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        """Paint a cell."""
        person = index.data(PERSON)
        if painter is None or not isinstance(person, Person):
            return
        painter.save()
        _paint_ground(painter, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plate = QRectF(option.rect).adjusted(_INSET_PX, _INSET_PX, -_INSET_PX, -_INSET_PX)
        _paint_plate(painter, plate, option, person.label)
        painter.restore()


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(option.rect, option.palette.color(QPalette.ColorRole.Highlight))


def _paint_plate(
    painter: QPainter, plate: QRectF, option: QStyleOptionViewItem, label: Label
) -> None:
    colour = QColor(*label.colour)
    painter.setPen(option.palette.color(QPalette.ColorRole.Mid))
    painter.setBrush(QColor(*PLATE))
    painter.drawRoundedRect(plate, 6, 6)
    bar = QRectF(plate.left() + 4, plate.top() + 4, _BAR_PX, plate.height() - 8)
    painter.fillRect(bar, colour)
    if label.distribution is None:
        return
    curve = curve_of(label.distribution, plate.adjusted(_BAR_PX + 8, 6, -5, -5))
    if label.sure:
        shade = QColor(colour)
        shade.setAlphaF(0.45)
        painter.fillPath(curve, shade)
    painter.strokePath(curve, QPen(colour, 1.5))


def curve_of(distribution: AgeDistribution, room: QRectF) -> QPainterPath:
    """The distribution as a closed curve that fills the room."""
    ages, probs = distribution.ages, distribution.probs
    x = room.left() + (ages - ages[0]) * (room.width() / max(float(ages[-1] - ages[0]), 1.0))
    y = room.bottom() - probs * (room.height() / max(float(probs.max()), 1e-9))
    path = QPainterPath(QPointF(room.left(), room.bottom()))
    for point_x, point_y in zip(x.tolist(), y.tolist(), strict=True):
        path.lineTo(point_x, point_y)
    path.lineTo(room.right(), room.bottom())
    return path
