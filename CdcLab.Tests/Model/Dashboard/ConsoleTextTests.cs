using System.Globalization;
using CdcLab.Runtime.Standalone.Dashboard;
using FsCheck.Xunit;
using Xunit;

namespace CdcLab.Tests.Model.Dashboard;

/// <summary>A server's line on its way to a page in a browser.</summary>
[Trait("tier", "model")]
public sealed class ConsoleTextTests
{
    private const string Time = "2026-03-01T08:00:00.120Z ";

    private static readonly DateTimeOffset At = new(2026, 3, 1, 9, 0, 0, 120, TimeSpan.FromHours(1));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("", "")]
    [InlineData("tabs\tstay", "tabs\tstay")]
    [InlineData("\u001b[31mred\u001b[0m", "\u001b[31mred\u001b[0m")]
    [InlineData("\u001b[1;38;5;208mbright\u001b[m", "\u001b[1;38;5;208mbright\u001b[m")]
    [InlineData("\u001b[2Jcleared", "\u241b[2Jcleared")]
    [InlineData("\u001b]8;;http://evil.example\u0007link", "\u241b]8;;http://evil.example\u2407link")]
    [InlineData("\u001b[9999999999m", "\u241b[9999999999m")]
    [InlineData("\u001b[", "\u241b[")]
    [InlineData("\u001b", "\u241b")]
    [InlineData("\u001b[31", "\u241b[31")]
    [InlineData("nul\u0000 bell\u0007 delete\u007f return\r", "nul\u2400 bell\u2407 delete\u2421 return\u240d")]
    [InlineData("c1\u009b31m line\u2028 turn\u202e", "c1\ufffd31m line\ufffd turn\ufffd")]
    [InlineData("<script>alert(1)</script>&amp;", "<script>alert(1)</script>&amp;")]
    [InlineData("Gr\u00fc\u00dfe \ud83d\ude00", "Gr\u00fc\u00dfe \ud83d\ude00")]
    public void What_could_do_more_than_be_read_is_made_visible(string written, string shown) =>
        Assert.Equal(Time + shown, ConsoleText.Of(new(At, false, written)));

    [Fact]
    public void Half_a_pair_of_surrogates_is_no_text() => Assert.Equal(Time + "a\ufffdb", ConsoleText.Of(new(At, false, "a" + '\ud800' + "b")));

    [Fact]
    public void A_line_that_nobody_reads_to_its_end_is_cut()
    {
        string text = ConsoleText.Of(new(At, false, new string('x', 1_000_000)));
        Assert.EndsWith("... (983616 more characters are cut off)", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, ConsoleText.Limit, ConsoleText.Limit + 100);
    }

    [Property(MaxTest = 500)]
    public void Any_line_becomes_a_time_and_readable_text(string? written)
    {
        string text = ConsoleText.Of(new(At, false, written ?? ""));
        Assert.Equal(At, DateTimeOffset.ParseExact(text[..(Time.Length - 1)], "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
        string uncoloured = System.Text.RegularExpressions.Regex.Replace(text, "\u001b\\[[0-9;]*m", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5));
        Assert.DoesNotContain(uncoloured, c => char.IsControl(c) && c != '\t');
        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)));
    }
}
