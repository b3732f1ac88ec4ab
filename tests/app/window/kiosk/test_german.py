import ast
from pathlib import Path

from app.window.translation import texts_of

KIOSK = Path(__file__).resolve().parents[4] / "app" / "window" / "kiosk"


def said_in(path: Path) -> set[str]:
    """Every text that a file hands over to be translated."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    said = [
        call.args[-1]
        for call in calls
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in ("tr", "translate")
    ]
    return {str(ast.literal_eval(text)) for text in said if isinstance(text, ast.Constant)}


def test_all_the_kiosk_says_is_there_in_german_with_the_same_places() -> None:
    german = {source: text for (_, source), text in texts_of("de").items()}
    said = set().union(*map(said_in, KIOSK.glob("*.py")))
    assert len(said) > 30
    assert {text for text in said if text not in german} == set()
    assert {text for text in said if text.count("{") != german[text].count("{")} == set()
