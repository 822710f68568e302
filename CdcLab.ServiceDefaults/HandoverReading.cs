using CdcLab.Model.Live;
using Microsoft.Extensions.Configuration;

namespace CdcLab.ServiceDefaults;

/// <summary>How a service gets what the host hands it.</summary>
public static class HandoverReading
{
    /// <summary>The exit code of a service that was not started as a host starts it.</summary>
    public const int BadHandover = 2;

    /// <summary>Reads the handover from the environment, and from nothing else: no file beside the service and no argument changes what the host decided. Where
    /// something is missing, one line goes to stderr.</summary>
    /// <param name="service">The service's name, for the line.</param>
    /// <param name="missing">What this service needs beyond what every service needs: gives the name of what is missing, or null.</param>
    /// <returns>The handover; null where it is bad, and then the service ends with <see cref="BadHandover"/>.</returns>
    public static ServiceHandover? TryRead(string service, Func<ServiceHandover, string?>? missing = null)
    {
        try
        {
            ServiceHandover handover = ServiceHandover.Read(new ConfigurationBuilder().AddEnvironmentVariables().Build().AsEnumerable());
            if (missing?.Invoke(handover) is not { } name)
                return handover;
            Console.Error.WriteLine($"{service}: {name} is missing. The services are started by the host (dotnet run --project CdcLab.AppHost), which hands them their settings.");
        }
        catch (FormatException e)
        {
            Console.Error.WriteLine($"{service}: {e.Message}");
        }

        return null;
    }
}
