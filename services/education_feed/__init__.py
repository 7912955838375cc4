"""The education feed: takes in what schools report, waits its window, and says who left without a qualification."""
