using CdcLab.Clients.Market;
using CdcLab.OrderSimulator.Trading;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace CdcLab.Tests.Model.Market;

[Trait("tier", "model")]
public sealed class ReachabilityTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Lines _lines = new();

    [Fact]
    public void Many_failures_and_many_answers_are_one_line_each()
    {
        Reachability mysql = new(_time, _lines);
        mysql.Answered(Begin(mysql));
        for (int i = 0; i < 50; i++)
            mysql.Failed(Begin(mysql), new IOException("refused"));
        Assert.False(mysql.State.Answers);
        for (int i = 0; i < 50; i++)
            mysql.Answered(Begin(mysql));
        Assert.True(mysql.State.Answers);
        Assert.Equal(["MySQL answers.", "MySQL does not answer (refused). Retrying until it does.", "MySQL answers again"], _lines.All.Select(l => l.Split(',')[0]));
    }

    [Fact]
    public void Answer_to_an_attempt_from_before_mysql_went_does_not_bring_it_back()
    {
        Reachability mysql = new(_time, _lines);
        long early = Begin(mysql);
        mysql.Failed(Begin(mysql), new IOException("refused"));
        mysql.Answered(early);
        Assert.False(mysql.State.Answers);
    }

    [Fact]
    public void One_broken_connection_while_others_are_answered_is_not_mysql_gone()
    {
        Reachability mysql = new(_time, _lines);
        mysql.Answered(Begin(mysql));
        long broken = Begin(mysql);
        mysql.Answered(Begin(mysql));
        mysql.Failed(broken, new IOException("reset"));
        Assert.True(mysql.State.Answers);
    }

    [Fact]
    public void Error_is_kept_while_it_recurs_although_pings_are_answered_and_goes_some_time_after_the_last()
    {
        Reachability mysql = new(_time, _lines);
        mysql.Answered(Begin(mysql));
        for (int i = 0; i < 30; i++)
        {
            long waits = Begin(mysql);
            mysql.Answered(Begin(mysql));
            mysql.Failed(waits, new TimeoutException("No answer."));
            _time.Advance(TimeSpan.FromSeconds(2));
            mysql.Answered(Begin(mysql));
            Assert.Equal((true, new DatabaseError(null, "No answer")), (mysql.State.Answers, mysql.State.Error));
        }

        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Null(mysql.State.Error);
        mysql.Answered(Begin(mysql));
        Assert.Null(mysql.State.Error);
    }

    private long Begin(Reachability mysql)
    {
        _time.Advance(TimeSpan.FromMilliseconds(1));
        long began = mysql.Begin();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        return began;
    }

    private sealed class Lines : ILogger<Reachability>
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Add(formatter(state, exception));
    }
}
