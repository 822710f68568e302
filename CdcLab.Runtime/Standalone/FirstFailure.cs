namespace CdcLab.Runtime.Standalone;

/// <summary>Waits for work that is done side by side.</summary>
internal static class FirstFailure
{
    /// <summary>Waits for all: the first real failure is what is told, and the others are given up for it; none is left at work.</summary>
    /// <param name="tasks">The work.</param>
    /// <param name="cancel">Gives all of it up.</param>
    /// <returns>A task that fails as the first failure did.</returns>
    public static async Task OfAllAsync(Task[] tasks, CancellationTokenSource cancel)
    {
        List<Task> open = [.. tasks];
        Task? failed = null;
        while (open.Count > 0)
        {
            Task done = await Task.WhenAny(open);
            open.Remove(done);
            if (done.IsCompletedSuccessfully || failed is not null)
                continue;
            failed = done;
            await cancel.CancelAsync();
        }

        await (failed ?? Task.CompletedTask);
    }
}
