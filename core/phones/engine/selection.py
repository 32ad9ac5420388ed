"""Which of the clients that the token sees a run takes."""

from collections.abc import Sequence

from core.phones.run_request import Selection
from core.phones.upstream import Client


class UnknownClients(Exception):
    """Clients were chosen that the token does not see; `names` as they were typed."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)


def choose(clients: Sequence[Client], selection: Selection) -> list[int]:
    """Ids of the chosen clients, in the server's order, each once.

    A name of digits alone is an id first, a user name otherwise; a user name that several
    clients bear chooses all of them. Raises UnknownClients.
    """
    chosen = [client.id for client in clients]
    if selection.clients:
        wanted: set[int] = set()
        unknown: list[str] = []
        ids = {str(client.id): client.id for client in clients}
        names: dict[str, list[int]] = {}
        for client in clients:
            names.setdefault(client.username.casefold(), []).append(client.id)
        for typed in selection.clients:
            word = typed.strip()
            found = [ids[word]] if word in ids else names.get(word.casefold(), [])
            wanted.update(found)
            if not found:
                unknown.append(typed)
        if unknown:
            raise UnknownClients(unknown)
        chosen = [client for client in chosen if client in wanted]
    return list(dict.fromkeys(chosen))[: selection.limit_clients]
