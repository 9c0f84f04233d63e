"""How often, and after what wait, a process that dies is started again."""

from maestri.runtime.restart_budget import RestartBudget


def test_each_restart_waits_twice_as_long() -> None:
    """Five restarts in 60 s wait 0.1 to 1.6 s; a sixth is refused."""
    budget = RestartBudget()

    waits = [budget.delay_s(float(second)) for second in range(6)]
    assert waits == [0.1, 0.2, 0.4, 0.8, 1.6, None]


def test_old_restarts_are_forgotten() -> None:
    """A restart counts for 60 s."""
    budget = RestartBudget()
    for second in range(5):
        budget.delay_s(float(second))

    assert budget.delay_s(59.9) is None
    assert budget.delay_s(60.0) == 1.6
    assert budget.delay_s(1_000.0) == 0.1


def test_a_person_s_request_starts_anew() -> None:
    """After ``forget`` the first wait is due again."""
    budget = RestartBudget()
    for second in range(5):
        budget.delay_s(float(second))
    budget.forget()

    assert budget.delay_s(5.0) == 0.1
