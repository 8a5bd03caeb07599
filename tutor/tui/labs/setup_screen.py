"""Setting up a run: what the lab shows, each setting with its meaning and bounds, what the run will take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Button, Footer, Input, Select, Static

from tutor.model_environment import model_environment
from tutor.tui.labs.closing import close
from tutor.tui.labs.setting_field import SettingField
from tutor.tui.labs.setup import Choice, LabLoaded, PlanMade, Started, plan_words
from tutor.tui.plain_text import clean, one_line
from tutor.tui.problem import Problem, problem_of

if TYPE_CHECKING:
    from tools.engine.plan import Plan
    from tools.labs import Lab
    from tutor.tui.tutor_app import TutorApp

_WORKING_OUT = "Working out what it will take …"
DEVICES = ("auto", "cpu", "cuda", "mps")


class SetupScreen(Screen[Choice]):
    """A form for one lab; begins the run, or, for a proposal, only hands back what was chosen."""

    HELP = """\
    ## Setting up a run

    Each line is a setting: what it may be stands beside it, what it does below. **Tab** goes to the next.
    A value that cannot be used turns red and says why. The line at the foot says what the run will take
    on this machine. **Ctrl+S** begins it, **Ctrl+R** puts all settings back, **Esc** goes back.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="setup.back", tooltip="Back without a run"),
        Binding("ctrl+s", "start", "Start", id="setup.start", priority=True, tooltip="Begin the run"),
        Binding("ctrl+r", "reset", "Defaults", id="setup.reset", tooltip="Put every setting back"),
        Binding("down", "app.focus_next", "Next", id="setup.next", show=False, tooltip="The next setting"),
        Binding(
            "up", "app.focus_previous", "Previous", id="setup.previous", show=False, tooltip="The one before"
        ),
        Binding("f1", "help", "Help", id="setup.help", tooltip="What the keys do"),
    ]
    DEFAULT_CSS = """
    SetupScreen {
        background: $background;
        align: center top;
        & > #head { height: auto; padding: 0 2; width: 100%; max-width: 110; }
        & > #head > .title { color: $primary; text-style: bold; }
        & > #head > .shows { color: $text-muted; max-height: 3; margin: 0 0 1 0; }
        & > #form { height: 1fr; width: 100%; max-width: 110; padding: 0 1; scrollbar-size-vertical: 1; }
        & > #foot {
            height: auto; width: 100%; max-width: 110; padding: 0 2; border-top: solid $border-blurred;
            & > .plan { width: 1fr; min-height: 2; max-height: 3; }
            & > Button { margin-left: 2; }
            &.-refused > .plan { color: $text-error; }
        }
        & .row {
            height: 1; padding: 0 1;
            & > .name { width: 20; }
            & > Input { width: 1fr; background: $panel; &:focus { background: $block-cursor-background; } }
            & > Select { width: 26; height: 1; }
            & > Select.-textual-compact > SelectCurrent { background: $panel; }
            & > Select:focus.-textual-compact > SelectCurrent { background: $block-cursor-background; }
            &:focus-within { background: $surface; }
            &:focus-within > .name { color: $primary; text-style: bold; }
        }
        &.-short SettingField { margin: 0; }
        &.-narrow SettingField .name { width: 16; }
        &.-narrow SettingField Input { width: 14; &.-long { width: 1fr; } }
        &.-narrow SettingField Select { width: 18; }
        &.-short .note { margin: 0; }
        &.-tall > #form { padding: 1 1 0 1; }
        & .note { height: auto; padding: 0 3; color: $text-muted; margin: 0 0 1 0; }
    }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (78, "-roomy")]  # noqa: RUF012 - Textual's own shape
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012 - Textual's own shape

    def __init__(
        self,
        lab: str,
        settings: dict[str, Any] | None = None,
        *,
        device: str = "auto",
        data: str | None = None,
        only_choose: bool = False,
    ) -> None:
        super().__init__()
        self.lab_name = lab
        self._given = settings or {}
        self._device = device if device in DEVICES else "auto"
        self._data = data or ""
        self._only_choose = only_choose
        self._lab: Lab | None = None
        self._asked = 0
        self._plan: Plan | None = None
        self._refused = False
        self._starting = False
        self._start_soon = False
        self._waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        """The lab's words, the form, what the run will take."""
        with Vertical(id="head"):
            yield Static(one_line(self.lab_name), classes="title", markup=False)
            yield Static("", classes="shows", markup=False)
        yield VerticalScroll(id="form")
        with Horizontal(id="foot"):
            yield Static("Opening the lab …", classes="plan", markup=False)
            yield Button("Use" if self._only_choose else "Start", id="start", variant="success", compact=True)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Load the lab behind the frame."""
        self.query_one("#form").can_focus = False
        self.query_one("#start", Button).disabled = True
        self.load()

    # Loading

    @work(thread=True, exclusive=True, exit_on_error=False, group="lab-load")
    def load(self) -> None:
        """Import the lab's own file, for its settings."""
        try:
            from tools.engine.settings import describe_settings
            from tools.labs import open_lab

            lab = open_lab(self.lab_name)
            self.post_message(LabLoaded(lab, tuple(describe_settings(lab.config))))
        except Exception as error:
            self.post_message(LabLoaded(None, problem=problem_of(error)))

    @on(LabLoaded)
    async def show_form(self, event: LabLoaded) -> None:
        """Show a field for each setting."""
        if event.lab is None:
            self._say(event.problem)
            return
        self._lab = event.lab
        info = event.lab.info
        self.query_one(".title", Static).update(one_line(f"{info.name} · {info.title}"))
        self.query_one(".shows", Static).update(Content(clean(f"{info.about} You see: {info.shows}")))
        fields = [SettingField(each, self._given.get(each.name, each.default)) for each in event.infos]
        form = self.query_one("#form", VerticalScroll)
        await form.mount_all([*fields, *self._rest()])
        if fields:
            fields[0].control.focus()
        self._check_all()
        self._plan_soon(0.0)

    def _rest(self) -> list[Any]:
        """What every lab is asked for besides its settings."""
        devices = [(each, each) for each in DEVICES]
        device = Horizontal(
            Static("device", classes="name", markup=False),
            Select(devices, value=self._device, allow_blank=False, compact=True, id="device"),
            classes="row",
        )
        data = Horizontal(
            Static("data", classes="name", markup=False),
            Input(self._data, placeholder="a path, or nothing", compact=True, id="data"),
            classes="row",
        )
        words = "Where tensors go; auto takes CUDA, then MPS, then the CPU."
        own = "Your own CSV, JSONL or image folder, in place of the lab's data."
        data.display = not self._only_choose  # a proposal is about the lab's own data
        data_note = Static(own, classes="note", markup=False)
        data_note.display = data.display
        return [device, Static(words, classes="note", markup=False), data, data_note]

    # What is written

    @property
    def fields(self) -> list[SettingField]:
        """The settings, from top to bottom."""
        return list(self.query(SettingField))

    def choice(self) -> Choice:
        """What the form says now."""
        settings = self._checked({field.info.name: field.value for field in self.fields})
        data = self.query_one("#data", Input).value.strip()
        return Choice(settings, str(self.query_one("#device", Select).value), data or None)

    def _checked(self, written: dict[str, Any]) -> dict[str, Any]:
        """The values as the lab reads them; as written where it does not take them."""
        from tools.engine.settings import checked_settings
        from tools.errors import ToolsError

        assert self._lab is not None
        try:
            return checked_settings(self._lab, written).model_dump()
        except ToolsError:
            return written

    @on(SettingField.Edited)
    def check(self, event: SettingField.Edited) -> None:
        """Check what was written at once, and plan anew a little later."""
        event.stop()
        self._check(event.field)
        self._show_button()
        self._plan_soon()

    @on(Input.Changed, "#data")
    @on(Select.Changed, "#device")
    def replan(self) -> None:
        """Another device or other data take something else."""
        if self._lab is not None:
            self._plan_soon()

    @on(SettingField.Left)
    @on(Input.Submitted, "#data")
    def to_start(self) -> None:
        """Enter leads to the button."""
        button = self.query_one("#start", Button)
        (button if not button.disabled else self).focus()

    def _check_all(self) -> None:
        for field in self.fields:
            self._check(field)
        self._show_button()

    def _check(self, field: SettingField) -> None:
        """Whether the lab takes this value; rules between settings are the plan's to tell."""
        from tools.engine.settings import checked_settings
        from tools.errors import BadSettings

        assert self._lab is not None
        name = field.info.name
        try:
            checked_settings(self._lab, {name: field.value})
        except BadSettings as error:
            field.say(str(error) if str(error).startswith(f"{name} cannot be") else "")
        else:
            field.say("")

    # What it will take

    def _plan_soon(self, seconds: float = 0.3) -> None:
        self._asked += 1
        self._plan, self._refused, self._start_soon = None, False, False
        self._show_button()
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(max(0.01, seconds), self._ask_plan)

    def _ask_plan(self) -> None:
        wrong = [field.info.name for field in self.fields if field.problem]
        if wrong:
            self._show_plan(Content(f"{', '.join(wrong)} cannot be used like that."), refused=True)
            return
        self._say_waiting()
        self._make_plan(self._asked, self.choice())

    @work(thread=True, exclusive=True, exit_on_error=False, group="lab-plan")
    def _make_plan(self, asked: int, choice: Choice) -> None:
        try:
            from tools.engine.plan import plan_run

            home = self._tutor.settings.home
            plan = plan_run(home, self.lab_name, choice.settings, choice.device, choice.data)
            self.post_message(PlanMade(asked, plan))
        except Exception as error:
            self.post_message(PlanMade(asked, None, problem_of(error)))

    @on(PlanMade)
    def show_plan(self, event: PlanMade) -> None:
        """Say what the run will take, or why it cannot be."""
        if event.asked != self._asked:
            return
        self._plan = event.plan
        self._refused = event.plan is None or bool(event.plan.refused)
        if event.plan is None:
            self._say(event.problem)
        elif event.plan.refused:
            words = f"{event.plan.refused} {event.plan.help}".strip()
            self._show_plan(Content(clean(words)), refused=True)
        else:
            self._show_plan(plan_words(event.plan))
        self._show_button()
        if self._start_soon:
            self.action_start()

    def _say_waiting(self) -> None:
        words = "Starts once it is known what it will take …" if self._start_soon else _WORKING_OUT
        self._show_plan(Content.styled(words, "$accent" if self._start_soon else "$foreground 60%"))

    def _say(self, problem: Problem | None) -> None:
        if problem is not None:
            self._show_plan(Content(clean(f"{problem.message} {problem.help}".strip())), refused=True)

    def _show_plan(self, words: Content, *, refused: bool = False) -> None:
        self.query_one("#foot").set_class(refused, "-refused")
        self.query_one("#foot > .plan", Static).update(words)

    def _show_button(self) -> None:
        button = self.query_one("#start", Button)
        if button.disabled == self._can_start:  # the footer is built anew only where something changed
            button.disabled = not self._can_start
            self.refresh_bindings()

    @property
    def _can_start(self) -> bool:
        """While the plan is being made it is not known yet: a start then waits for it."""
        wrong = any(field.problem for field in self.fields)
        return self._lab is not None and not (wrong or self._refused or self._starting)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what fits can begin."""
        return self._can_start or None if action == "start" else True

    @on(Button.Pressed, "#start")
    def action_start(self) -> None:
        """Begin the run; for a proposal, hand back what was chosen."""
        if not self._can_start:
            return
        if self._plan is None:
            self._start_soon = True
            self._say_waiting()
            return
        if self._only_choose:
            close(self, self.choice())
            return
        self._starting = True
        self._show_button()
        self._start(self.choice())

    @work(thread=True, exit_on_error=False, group="lab-start")
    def _start(self, choice: Choice) -> None:
        try:
            from tools.engine import local

            settings = self._tutor.settings
            run = local.start(
                settings.home,
                self.lab_name,
                choice.settings,
                device=choice.device,
                data=choice.data,
                server=model_environment(settings, self.lab_name),
            )
            begun = Choice(choice.settings, choice.device, choice.data, run.id)
            self.post_message(Started(begun))
        except Exception as error:
            self.post_message(Started(None, problem_of(error)))

    @on(Started)
    def started(self, event: Started) -> None:
        """Go on to the run, or say why there is none."""
        self._starting = False
        if event.choice is not None:
            close(self, event.choice)
        else:
            self._say(event.problem)
            self._show_button()

    def action_reset(self) -> None:
        """Put every setting back to the lab's own."""
        for field in self.fields:
            field.put(field.info.default)

    def action_back(self) -> None:
        """Back without a run."""
        self.dismiss(None)

    def action_help(self) -> None:
        """Show the help."""
        from tutor.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self))

    @property
    def _tutor(self) -> TutorApp:
        app: Any = self.app
        return app  # type: ignore[no-any-return]
