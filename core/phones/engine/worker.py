"""A worker: takes a task, asks, hands over what came, and says what failed."""

import logging
import threading
from collections.abc import Sequence
from functools import partial

from core.asking.budget import BudgetSpent
from core.asking.limiter import Stopped
from core.asking.requester import OutageTooLong
from core.asking.troubles import Refused, TemporaryTrouble, TokenRejected, UpstreamError
from core.phones.engine.frontier import ListProjects, ReadProject, Task
from core.phones.engine.project_reader import ProjectReader
from core.phones.engine.request_events import About
from core.phones.engine.session import Session
from core.phones.events import ClientListed, ItemDeferred, ItemFailed, Mode, Target
from core.phones.storage.checkpoints import ProjectTask, client_tasks, fail_client, fail_project
from core.phones.storage.project_lists import ProjectList, leave_gone
from core.phones.storage.writer import WriterClosed
from core.phones.upstream import Client, Project, Upstream, UpstreamSource

log = logging.getLogger(__name__)


class Worker(threading.Thread):
    """Owns one upstream session. Ends when the frontier closes or the run is stopped."""

    def __init__(self, number: int, session: Session, source: UpstreamSource) -> None:
        super().__init__(name=f"worker-{number}")
        self._session = session
        self._source = source

    def run(self) -> None:
        try:
            upstream = self._source.open_session()
            reader = ProjectReader(self._session, upstream)
            while (task := self._session.frontier.take()) is not None:
                found: Sequence[ReadProject] = ()
                try:
                    found = self._execute(task, upstream, reader)
                finally:
                    self._session.frontier.done(found)
        except Stopped:
            pass
        except BudgetSpent:
            self._session.frontier.close()
        except WriterClosed as closed:
            log.debug("worker ends: %s", closed)
        except (TokenRejected, OutageTooLong) as error:
            self._session.fail(error)
        except Exception as error:
            log.exception("worker failed")
            self._session.fail(error)

    def _execute(
        self, task: Task, upstream: Upstream, reader: ProjectReader
    ) -> Sequence[ReadProject]:
        number = self._session.first_pass.begun()
        match task:
            case ListProjects(client):
                try:
                    return self._list(client, upstream)
                except (TemporaryTrouble, Refused) as error:
                    self._session.first_pass.failed(number)
                    self._fail(Target.CLIENT, client.id, client.username, error)
                    if not self._session.deferring:
                        self._session.forecast.client_listed(client.id, 0)
            case ReadProject(project):
                try:
                    reader.read(project)
                except (TemporaryTrouble, Refused) as error:
                    if isinstance(error, Refused) and self._is_gone(project):
                        return ()
                    self._session.first_pass.failed(number)
                    self._fail(Target.PROJECT, project.project_id, project.name, error)
                    self._session.client_progress(project.client_id, failed=True)
                    if not self._session.deferring:
                        self._session.forecast.project_finished(project.client_id)
        return ()

    def _is_gone(self, project: ProjectTask) -> bool:
        """Whether a refused project had left its client's list; then it leaves the run, too."""
        session = self._session
        if not session.by_rhythm or not session.writer.call(
            partial(leave_gone, run=session.run, project=project.project_id)
        ):
            return False
        log.info("run %d: project %d is gone", session.run, project.project_id)
        session.client_progress(project.client_id, failed=True)
        session.forecast.project_finished(project.client_id)
        return True

    def _list(self, client: Client, upstream: Upstream) -> Sequence[ReadProject]:
        session = self._session
        listing, _ = session.requester.ask(
            About(Target.CLIENT, client.id),
            lambda: upstream.projects(client.id),
            upstream.probe,
            look=lambda: session.worked.look(upstream),
            once=session.once,
        )
        projects: Sequence[Project] = listing
        if session.limits.projects is not None:
            projects = listing[: session.limits.projects]
        projects = list({project.id: project for project in projects}.values())
        emptied = not listing and not listing.unreadable and client.id in session.had_projects
        session.writer.put_list(
            ProjectList(
                client.id,
                projects,
                session.clock.now(),
                # What cannot be read may be any of the projects that are known.
                whole=session.limits.projects is None and not listing.unreadable,
                unread_only=session.by_rhythm,
                unreadable=listing.unreadable,
                emptied=emptied,
            )
        )
        if emptied:
            session.projects_gone(client.id, client.username)
        session.unreadable(Target.PROJECT, client.id, client.username, listing.unreadable)
        if session.mode is Mode.FULL:
            tasks = [
                ProjectTask(client.id, project.id, project.name)
                for project in projects
                if session.claimed.claim(project.id)
            ]
        else:  # what is remembered of each project says how to read it
            tasks = session.writer.call(
                partial(
                    client_tasks,
                    run=session.run,
                    client=client.id,
                    waiting_only=session.by_rhythm,
                )
            )
        log.info(
            "run %d: client %d (%s): %d projects",
            session.run,
            client.id,
            client.username,
            len(projects),
        )
        session.forecast.client_listed(client.id, len(tasks))
        session.tally.client_listed(client.id, client.username, len(tasks))
        session.watcher(ClientListed(client.id, client.username, len(projects)))
        if not tasks:
            session.client_closed(client.id, session.tally.client_without_projects(client.id))
        return [ReadProject(task) for task in tasks]

    def _fail(self, target: Target, item: int, name: str, error: UpstreamError) -> None:
        session = self._session
        reason, detail = error.reason, error.detail
        fail = fail_client if target is Target.CLIENT else fail_project
        session.writer.call(lambda db: fail(db, session.run, item, reason, detail))
        session.tally.errors(1)
        if session.deferring:
            log.warning(
                "run %d: %s %d (%s): %s, tried again at the end of the run",
                session.run,
                target,
                item,
                name,
                error,
            )
            session.watcher(ItemDeferred(target, item, name, reason, detail))
        else:
            log.error("run %d: %s %d (%s) failed: %s", session.run, target, item, name, error)
            session.watcher(ItemFailed(target, item, name, reason, detail))
