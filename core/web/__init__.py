"""What everything that answers over HTTP stands on; it knows no system.

    app = WebApp(title=…, guard=Guard(register=…, rate=…), log=…)
    server = HttpServer(app, Address("127.0.0.1", 8080), stop, setting="SERVICE_HTTP")
    server.start()

These modules need the packages of requirements-server.txt, and are imported only where somebody
serves.
"""
