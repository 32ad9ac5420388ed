"""Tasks of the services: started once, watched, told."""
