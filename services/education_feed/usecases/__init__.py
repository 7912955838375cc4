"""What the service does, one public function a use case."""
