"""What notifications does, one public function per act."""
